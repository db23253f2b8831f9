// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

/// How an index stands.
///
/// @param definition what it is
/// @param started whether it goes on with what is appended
/// @param indexed the position up to which it has looked at everything, exclusive
/// @param entries how many events it has found since it was opened
/// @param failed how many of those that it looked at since could not be judged
public record IndexInfo(
    IndexDefinition definition, boolean started, long indexed, long entries, long failed) {}
