// SPDX-License-Identifier: Apache-2.0

/// What tests against a running server share: the server, and patience.
///
/// No tests are here.
@NullMarked
package io.leftfold.verification.running;

import org.jspecify.annotations.NullMarked;
