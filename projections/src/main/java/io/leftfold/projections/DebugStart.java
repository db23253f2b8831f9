// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// Where debugging begins.
public sealed interface DebugStart {

  /// At the first event, without a state.
  record Zero() implements DebugStart {}

  /// Where the projection is, with the states it has.
  record Checkpoint() implements DebugStart {}

  /// At an event, with the states that come of those before it.
  ///
  /// @param position the event's
  record Position(long position) implements DebugStart {}
}
