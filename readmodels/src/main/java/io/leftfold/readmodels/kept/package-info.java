// SPDX-License-Identifier: Apache-2.0

/// How far projections came and what they parked, for stores that have no tables: texts by keys,
/// and transactions over them.
///
/// Where the texts are kept, and how all of a transaction is kept at once, is the business of those
/// stores. Nobody outside of this module sees any of it.
@NullMarked
package io.leftfold.readmodels.kept;

import org.jspecify.annotations.NullMarked;
