// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.List;

/// What an event did.
///
/// @param outcome whether it did anything
/// @param partition the partition it belongs to; empty where there is one state, and where the
///   event was not handled
/// @param emitted what is to be written, in order
/// @param logged the lines that the script logged
public record FoldStep(
    Outcome outcome, String partition, List<EmittedEvent> emitted, List<String> logged) {

  /// Whether an event did anything.
  public enum Outcome {
    /// A handler took it.
    HANDLED,
    /// It is not of the sources, or of a type that nothing handles.
    NOT_WANTED,
    /// `partitionBy` gave neither a text nor a number.
    NO_PARTITION,
    /// It says it is JSON and has no data.
    EMPTY,
    /// It says it is JSON, is none, and the script looked at its data. States are as before.
    NOT_JSON
  }

  static final FoldStep NOT_WANTED = left(Outcome.NOT_WANTED);
  static final FoldStep NO_PARTITION = left(Outcome.NO_PARTITION);
  static final FoldStep EMPTY = left(Outcome.EMPTY);
  static final FoldStep NOT_JSON = left(Outcome.NOT_JSON);
  static final FoldStep OF_THE_ONE_STATE = new FoldStep(Outcome.HANDLED, "", List.of(), List.of());

  /// Copies the lists.
  public FoldStep {
    emitted = List.copyOf(emitted);
    logged = List.copyOf(logged);
  }

  private static FoldStep left(Outcome outcome) {
    return new FoldStep(outcome, "", List.of(), List.of());
  }

  /// Whether a handler took the event.
  ///
  /// @return whether it did
  public boolean isHandled() {
    return outcome == Outcome.HANDLED;
  }
}
