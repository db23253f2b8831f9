// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

/// Entries that follow each other without a gap.
///
/// @param positions where the events are, in the order in which they are to be given
/// @param next where to go on: forwards the first position that was not looked at, backwards the
///   last that was
/// @param isLast whether nothing follows as of now
record Run(Positions positions, long next, boolean isLast) {}
