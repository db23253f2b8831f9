// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.reading.Batch;
import io.leftfold.projections.reading.Cursor;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A script that stops behind every event. Writes nothing. Of one thread at a time.
public final class ProjectionDebugger implements AutoCloseable {

  private static final int BATCH_EVENTS = 64;
  private static final Batch NOTHING = new Batch(List.of(), -1, 0, false);

  private final CompiledProjection script;
  private final LongFunction<Cursor> cursors;
  private final long stateBytesMax;
  private final Predicate<RecordedEvent> own;
  private ProjectionFold fold;
  private Cursor cursor;
  private OverlaidStates states;
  private Batch batch = NOTHING;
  private int next;

  /// @param own tells events that the projection wrote itself, and so is not given
  /// @param start the states to begin with
  /// @param after the last position that they know of
  ProjectionDebugger(
      ProjectionHost host,
      CompiledProjection script,
      Predicate<RecordedEvent> own,
      StateStore start,
      long after) {
    this.script = script;
    this.own = own;
    cursors = behind -> new Cursor(host.store(), Questions.of(script.definition()), behind);
    stateBytesMax = host.options().pastStateBytesMax();
    cursor = cursors.apply(after);
    states = new OverlaidStates(start, stateBytesMax);
    fold = script.fold(states);
  }

  /// Of a script that is no projection yet, from zero.
  static ProjectionDebugger of(ProjectionHost host, CompiledProjection script) {
    return new ProjectionDebugger(host, script, _ -> false, StateStore.NONE, -1);
  }

  /// Nobody knows any more with which states this began: goes from zero to where it is.
  private void goAgain(long position, FoldProgress progress) {
    close();
    cursor = cursors.apply(-1);
    states = new OverlaidStates(StateStore.NONE, stateBytesMax);
    fold = script.fold(states);
    batch = NOTHING;
    next = 0;
    runTo(position, progress);
  }

  /// Lets the script have the next event that its sources give.
  ///
  /// @return what it did; empty if there is no event for now
  public Optional<DebugStep> step() {
    var event = upcoming(BATCH_EVENTS);
    if (event == null) {
      return Optional.empty();
    }
    next++;
    try {
      return Optional.of(handle(event));
    } catch (KeptStates.ForgottenException _) {
      goAgain(event.original().position(), FoldProgress.UNHEARD);
      return step();
    }
  }

  /// The next event of the batch, or of another one, if this one is through.
  private @Nullable ResolvedEvent upcoming(int batchEvents) {
    if (isThrough()) {
      batch = cursor.next(batchEvents, SourceReader.BATCH_BYTES);
      next = 0;
    }
    return isThrough() ? null : batch.events().get(next);
  }

  /// Passes by what the projection wrote itself.
  private boolean isThrough() {
    while (next < batch.events().size()
        && batch.events().get(next).event().filter(own).isPresent()) {
      next++;
    }
    return next == batch.events().size();
  }

  private DebugStep handle(ResolvedEvent event) {
    var sharedBefore = sharedBefore();
    try {
      var step = fold.handle(event);
      var before = before(step.partition());
      var after = step.isHandled() ? fold.state(step.partition()) : before;
      var sharedAfter = sharedBefore.map(_ -> fold.sharedState());
      states.put(fold.save());
      return new DebugStep(
          event,
          step.outcome(),
          step.partition(),
          before,
          after,
          sharedBefore,
          sharedAfter,
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
          sharedBefore,
          sharedBefore,
          e.emitted(),
          e.logged(),
          Optional.of(e.fault()));
    }
  }

  /// Saved like the partition's: nothing of the script is asked before it has the event.
  private Optional<String> sharedBefore() {
    return script.definition().biState()
        ? Optional.of(states.shared().orElse(""))
        : Optional.empty();
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

  /// How much memory the states take that it has come to.
  ///
  /// @return in bytes, about; the script's own hands hold as much again at least
  public long stateBytes() {
    return states.bytes();
  }

  /// The position up to which everything was looked at.
  ///
  /// @return the position; −1 for none
  public long position() {
    return next > 0 ? batch.events().get(next - 1).original().position() : cursor.through();
  }

  /// Goes on, without stopping, to an event. Closed if that fails.
  ///
  /// @param position the first position that is not handled
  /// @param progress is told how far it is
  /// @return this
  ProjectionDebugger at(long position, FoldProgress progress) {
    try {
      try {
        runTo(position, progress);
      } catch (KeptStates.ForgottenException _) {
        goAgain(position, progress);
      }
      return this;
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void runTo(long position, FoldProgress progress) {
    var handled = 0L;
    while (true) {
      if (isThrough() && !progress.at(cursor.through(), position, handled)) {
        throw new ProjectionException(
            ProjectionException.Reason.CANCELLED, "Debugging was cancelled");
      }
      var event = upcoming(SourceReader.BATCH_EVENTS);
      if (event == null && batch.atEnd()) {
        break;
      }
      if (event == null) {
        continue;
      }
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
