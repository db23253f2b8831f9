// SPDX-License-Identifier: Apache-2.0

/// Reading what a projection asks for, in the order of positions: a [Question], and a [Cursor] that
/// answers it batch by batch. Knows the store and no scripts.
@NullMarked
package io.leftfold.projections.reading;

import org.jspecify.annotations.NullMarked;
