// SPDX-License-Identifier: Apache-2.0

/// Protobuf's wire format, read from and written to plain byte arrays.
///
/// [WireReader] and [WireWriter] know tags, varints and lengths, and no message; the messages of
/// hot calls are put together from them in `io.leftfold.protocol.streams`. Everything that can be
/// wrong with received bytes becomes a [WireException], which says what a sender did and has no
/// stack trace. Messages of other calls are generated, in `io.leftfold.protocol.messages`.
@NullMarked
package io.leftfold.protocol.wire;

import org.jspecify.annotations.NullMarked;
