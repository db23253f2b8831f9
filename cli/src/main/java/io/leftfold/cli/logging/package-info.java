// SPDX-License-Identifier: Apache-2.0

/// What becomes of messages that are logged: lines of text or of JSON, on the error stream.
///
/// The rest of Leftfold logs by [System.Logger] and knows nothing of this. A message may have a map
/// as a parameter: its entries are fields of their own in JSON.
@NullMarked
package io.leftfold.cli.logging;

import org.jspecify.annotations.NullMarked;
