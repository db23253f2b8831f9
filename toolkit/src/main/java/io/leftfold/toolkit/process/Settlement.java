// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

/// What became of a command that a process sent.
public sealed interface Settlement {

  /// It was done.
  ///
  /// @param answer what the target said; of a command handler the position of the last event
  record Accepted(String answer) implements Settlement {}

  /// The target understood it and refused: an answer like any other, and not tried again.
  ///
  /// @param why the reason that the target gave
  record Rejected(String why) implements Settlement {}

  /// The target could not be asked, or did not answer, for as long as it was tried. Whether it was
  /// done is unknown.
  ///
  /// @param attempts how often
  /// @param error what stood against it the last time
  record Failed(int attempts, String error) implements Settlement {}
}
