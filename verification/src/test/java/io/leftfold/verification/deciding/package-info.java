// SPDX-License-Identifier: Apache-2.0

/// Deciding with the toolkit, on every store: what a command handler promises when many threads
/// want the same, and when answers get lost.
@NullMarked
package io.leftfold.verification.deciding;

import org.jspecify.annotations.NullMarked;
