// SPDX-License-Identifier: Apache-2.0

/// User-defined indexes: folds of `$all` that keep which events a filter wants, and by which values
/// they are found (`designs/user-indexes.md`).
///
/// [io.leftfold.server.indexes.UserIndexes] has those of a store, made and deleted by whoever may;
/// who that is, is the business of `io.leftfold.server.node`. Built on the api, and on the
/// projections for the scripts. Knows no wires.
@NullMarked
package io.leftfold.server.indexes;

import org.jspecify.annotations.NullMarked;
