// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.WrongExpectedStateException;
import java.util.List;

/// What becomes of a run whose step cannot be made or was not written: it begins again knowing
/// which event's fault it was, or with smaller steps, to find that event; or it ends.
///
/// @param checkpoint where its checkpoints are
/// @param hints what it knew
record StepRefusals(StreamName checkpoint, RunHints hints) {

  /// The store did not write a step, or nobody knows.
  RunEnd byStore(Step step, RuntimeException failure) {
    return switch (failure) {
      case WrongExpectedStateException conflict
          when conflict.conflicts().stream().anyMatch(one -> one.stream().equals(checkpoint)) ->
          new RunEnd.Fenced();
      case StreamTombstonedException closed -> closed(step, closed);
      case LimitExceededException tooLarge -> tooLarge(step, String.valueOf(tooLarge.getMessage()));
      case NotAuthorizedException denied ->
          RunEnd.of(
              denied, "Writing ($w) to " + targets(step, String.valueOf(denied.getMessage())));
      default -> RunEnd.of(failure, "Writing a step");
    };
  }

  private RunEnd closed(Step step, StreamTombstonedException tombstoned) {
    var again = hints;
    for (var emission : step.emissions()) {
      if (emission.stream().equals(tombstoned.stream())) {
        again =
            again.rejecting(
                emission.cause(),
                "Stream %s is deleted. Cannot emit events to it".formatted(tombstoned.stream()));
      }
    }
    return again.equals(hints)
        ? new RunEnd.Faulted(String.valueOf(tombstoned.getMessage()))
        : new RunEnd.Again(again);
  }

  /// The streams that a step emits to: those that the store has named, if it has.
  private static String targets(Step step, String said) {
    var all = step.emissions().stream().map(one -> one.stream().value()).distinct().toList();
    var named = all.stream().filter(said::contains).toList();
    return all.isEmpty()
        ? "the projection's own streams"
        : String.join(", ", named.isEmpty() ? all : named);
  }

  /// A step is more than the store takes at once.
  RunEnd tooLarge(Step step, String reason) {
    return smaller(step.events(), Math.max(1, step.events().size() / 2), reason);
  }

  /// What some events leave cannot be saved.
  RunEnd unsaved(List<ResolvedEvent> events, String reason) {
    return smaller(events, 1, reason);
  }

  private RunEnd smaller(List<ResolvedEvent> events, int stepEvents, String reason) {
    if (events.isEmpty()) {
      return new RunEnd.Faulted(reason);
    }
    var last = events.getLast().original().position();
    return new RunEnd.Again(
        events.size() == 1 ? hints.rejecting(last, reason) : hints.careful(last, stepEvents));
  }
}
