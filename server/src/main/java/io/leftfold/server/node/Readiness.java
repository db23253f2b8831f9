// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

/// Whether a node answers everything. While its index is made it answers reads of everything alone.
///
/// @param state what it answers
/// @param indexed how many events its index covers
/// @param events of how many
/// @param failure why the index does not grow; empty if it does, or need not
public record Readiness(State state, long indexed, long events, String failure) {

  /// What a node answers.
  public enum State {
    /// Everything.
    READY,
    /// Reads of everything, until its index is made.
    INDEXING,
    /// Reads of everything, up to a damage in its log, for good.
    DAMAGED,
    /// What is under way; it is about to be closed.
    CLOSING
  }

  /// Whether it answers everything.
  ///
  /// @return whether it does
  public boolean isReady() {
    return state == State.READY;
  }
}
