// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.reading.Batch;
import io.leftfold.projections.reading.Cursor;
import java.util.List;
import java.util.Optional;

/// A script that stops behind every event. Writes nothing. Of one thread at a time.
public final class ProjectionDebugger implements AutoCloseable {

  private static final int BATCH_EVENTS = 64;

  private final ProjectionFold fold;
  private final Cursor cursor;
  private final OverlaidStates states;
  private Batch batch = new Batch(List.of(), -1, 0, false);
  private int next;

  ProjectionDebugger(CompiledProjection script, Cursor cursor, StateStore start) {
    this.cursor = cursor;
    states = new OverlaidStates(start);
    fold = script.fold(states);
  }

  /// Lets the script have the next event that its sources give.
  ///
  /// @return what it did; empty if there is no event for now
  public Optional<DebugStep> step() {
    if (next == batch.events().size()) {
      batch = cursor.next(BATCH_EVENTS, SourceReader.BATCH_BYTES);
      next = 0;
    }
    return next < batch.events().size()
        ? Optional.of(handle(batch.events().get(next++)))
        : Optional.empty();
  }

  private DebugStep handle(ResolvedEvent event) {
    try {
      var step = fold.handle(event);
      var before = before(step.partition());
      var after = step.isHandled() ? fold.state(step.partition()) : before;
      var shared =
          fold.projection().definition().biState()
              ? Optional.of(fold.sharedState())
              : Optional.<String>empty();
      states.put(fold.save());
      return new DebugStep(
          event,
          step.outcome(),
          step.partition(),
          before,
          after,
          shared,
          step.emitted(),
          step.logged(),
          Optional.empty());
    } catch (ProjectionFaultException e) {
      var partition = e.fault().partition().orElse("");
      var before = before(partition);
      return new DebugStep(
          event,
          FoldStep.Outcome.NOT_WANTED,
          partition,
          before,
          before,
          Optional.empty(),
          List.of(),
          List.of(),
          Optional.of(e.fault()));
    }
  }

  private String before(String partition) {
    return states.partition(partition).map(StateStore.Stored::text).orElse("");
  }

  /// The state of a partition behind the last event.
  ///
  /// @param partition the partition, empty for the one state
  /// @return JSON, or empty for none
  public String state(String partition) {
    return fold.state(partition);
  }

  /// The position up to which everything was looked at.
  ///
  /// @return the position; −1 for none
  public long position() {
    return next > 0 ? batch.events().get(next - 1).original().position() : cursor.through();
  }

  /// Goes on, without stopping, to an event.
  ///
  /// @param position the first position that is not handled
  /// @param progress is told how far it is
  void runTo(long position, FoldProgress progress) {
    var handled = 0L;
    while (true) {
      if (next == batch.events().size()) {
        if (!progress.at(cursor.through(), position, handled)) {
          throw new ProjectionException(
              ProjectionException.Reason.CANCELLED, "Debugging was cancelled");
        }
        if (batch.atEnd()) {
          break;
        }
        batch = cursor.next(SourceReader.BATCH_EVENTS, SourceReader.BATCH_BYTES);
        next = 0;
        continue;
      }
      var event = batch.events().get(next);
      if (event.original().position() >= position) {
        break;
      }
      next++;
      try {
        handled += fold.handle(event).isHandled() ? 1 : 0;
      } catch (ProjectionFaultException _) {
        // Left out, as it will be told of when somebody stops there.
      }
      if (fold.unsavedEvents() >= SourceReader.BATCH_EVENTS) {
        states.put(fold.save());
      }
    }
    states.put(fold.save());
  }

  @Override
  public void close() {
    cursor.close();
    fold.close();
  }
}
