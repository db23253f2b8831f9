// SPDX-License-Identifier: Apache-2.0

/// Folding with the toolkit, from every store: what a projector promises while many write, and when
/// its process or its server dies.
@NullMarked
package io.leftfold.verification.folding;

import org.jspecify.annotations.NullMarked;
