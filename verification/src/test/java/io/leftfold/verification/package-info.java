// SPDX-License-Identifier: Apache-2.0

/// What no single module can promise: the architecture, the wire as the official clients speak it,
/// and what is left after a crash.
///
/// Tests only. What one module promises is tested in that module.
@NullMarked
package io.leftfold.verification;

import org.jspecify.annotations.NullMarked;
