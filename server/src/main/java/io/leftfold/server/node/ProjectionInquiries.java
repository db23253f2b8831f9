// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.AsOf;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.DebugStart;
import io.leftfold.projections.DebugStep;
import io.leftfold.projections.EmittedEvent;
import io.leftfold.projections.FoldProgress;
import io.leftfold.projections.ParkedEvent;
import io.leftfold.projections.PartitionState;
import io.leftfold.projections.ProjectionDebugger;
import io.leftfold.projections.ProjectionDefinition;
import io.leftfold.projections.ProjectionFeed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// What somebody may find out about projections beyond how they are now: what they were, what they
/// would do with each event, what they set aside. Nothing of this writes, but for [#resume] and
/// [#skip]. All methods wait: not for an event loop.
///
/// A state of the past is for those who see the one of now. Whoever is shown events must be allowed
/// to read the streams that they are of.
public final class ProjectionInquiries {

  /// The most events of a debug run that are shown together.
  public static final int STEPS_MAX = 1_000;

  /// The most partitions that are named together.
  public static final int PARTITIONS_MAX = 10_000;

  /// The most events that were set aside that are shown together.
  public static final int PARKED_MAX = 1_000;

  private static final long SHOWN_CHARS_MAX = 4 << 20;
  private static final long FEED_BYTES_MAX = 4 << 20;

  private final ProjectionControl control;
  private final Session session;
  private final PastFolds folds;

  ProjectionInquiries(ProjectionControl control, Session session, PastFolds folds) {
    this.control = control;
    this.session = session;
    this.folds = folds;
  }

  /// The state of a partition as it was.
  ///
  /// @param name which projection
  /// @param partition the partition, empty for the one state
  /// @param moment when
  /// @param progress is told how far it is, and may end it
  /// @return the state; an empty text if there was none
  public PartitionState state(String name, String partition, AsOf moment, FoldProgress progress) {
    var projections = control.seen(name);
    return folds.run(progress, told -> projections.state(name, partition, moment, told));
  }

  /// The result of a partition as it was.
  ///
  /// @param name which projection
  /// @param partition the partition, empty for the one state
  /// @param moment when
  /// @param progress is told how far it is, and may end it
  /// @return the result; an empty text if there was none
  public PartitionState result(String name, String partition, AsOf moment, FoldProgress progress) {
    var projections = control.seen(name);
    return folds.run(progress, told -> projections.result(name, partition, moment, told));
  }

  /// Some events of a debug run.
  ///
  /// @param steps what each of them does
  /// @param next the first position that was not looked at; empty if there are no more events for
  ///   now
  public record Steps(List<DebugStep> steps, OptionalLong next) {

    /// Copies the list.
    public Steps {
      steps = List.copyOf(steps);
    }
  }

  /// Lets a projection have some events, without writing anything.
  ///
  /// @param name which projection
  /// @param start where it begins
  /// @param limit the most events
  /// @param progress is told how far it is on the way there, and may end it
  /// @return what they do
  public Steps debug(String name, DebugStart start, int limit, FoldProgress progress) {
    var projections = control.seen(name);
    control.requireReadable(projections.query(name).definition());
    return folds.run(
        progress,
        told -> {
          try (var debugger = projections.debug(name, start, told)) {
            return steps(debugger, limit, told);
          }
        });
  }

  /// Lets a script that is no projection have some events, without writing anything. For those who
  /// may run a query.
  ///
  /// @param query the script
  /// @param from the first position that is shown; events before it are folded
  /// @param limit the most events
  /// @param progress is told how far it is on the way there, and may end it
  /// @return what they do
  public Steps debugQuery(String query, long from, int limit, FoldProgress progress) {
    var projections = control.projections();
    control.requireQuerying();
    return folds.run(
        progress,
        told -> {
          control.requireReadable(projections, query);
          return folds
              .debuggers()
              .page(
                  new KeptDebuggers.Place(session.caller().name(), query, from),
                  () -> projections.debugQuery(query, from, told),
                  debugger -> steps(debugger, limit, told));
        });
  }

  private Steps steps(ProjectionDebugger debugger, int limit, FoldProgress progress) {
    var steps = new ArrayList<DebugStep>();
    var chars = 0L;
    while (steps.size() < Math.clamp(limit, 1, STEPS_MAX) && chars < SHOWN_CHARS_MAX) {
      var step = debugger.step();
      if (step.isEmpty()) {
        return new Steps(steps, OptionalLong.empty());
      }
      requireReadable(step.get().event());
      steps.add(step.get());
      chars += chars(step.get());
      if (!progress.at(debugger.position(), debugger.position() + 1, steps.size())) {
        break;
      }
    }
    return new Steps(steps, OptionalLong.of(debugger.position() + 1));
  }

  private static long chars(DebugStep step) {
    return step.event().event().map(event -> (long) event.data().length).orElse(0L)
        + step.stateBefore().length()
        + step.stateAfter().length()
        + step.sharedBefore().map(String::length).orElse(0)
        + step.sharedAfter().map(String::length).orElse(0)
        + step.emitted().stream().map(EmittedEvent::data).mapToLong(String::length).sum()
        + step.logged().stream().mapToLong(String::length).sum();
  }

  private void requireReadable(ResolvedEvent resolved) {
    var event = resolved.event().orElseGet(resolved::original);
    if (!session.mayRead(event.stream())) {
      throw new NotAuthorizedException(
          "The event at position %d is of %s, which %s may not read"
              .formatted(resolved.original().position(), event.stream(), session.caller().name()));
    }
  }

  /// The partitions that have a state, in the order of their names.
  ///
  /// @param name which projection
  /// @param after only those behind this one; empty to begin at the first
  /// @param limit the most to give
  /// @return their names
  public List<String> partitions(String name, String after, int limit) {
    return control.seen(name).partitions(name, after, Math.clamp(limit, 1, PARTITIONS_MAX));
  }

  /// Some of what is set aside.
  ///
  /// @param name which projection
  /// @param from only what was set aside at this position or behind it; 0 for all
  /// @param limit the most to give; fewer if they are long
  /// @return in the order of positions; empty if there is no more
  public List<ParkedEvent> parked(String name, long from, int limit) {
    return control.seen(name).parked(name, from, Math.clamp(limit, 1, PARKED_MAX));
  }

  /// Lets a projection have what it set aside.
  ///
  /// @param name which projection
  /// @param position the position of the parked event
  /// @return why it is still parked, if it is
  public Optional<String> resume(String name, long position) {
    return changing(
        "resume parked event of projection",
        name,
        told -> control.projections().resume(name, position, told));
  }

  /// Leaves a parked event out for good.
  ///
  /// @param name which projection
  /// @param position the position of the parked event
  /// @return why its partition is still parked, if it is
  public Optional<String> skip(String name, long position) {
    return changing(
        "skip parked event of projection",
        name,
        told -> control.projections().skip(name, position, told));
  }

  private Optional<String> changing(
      String action, String name, Function<FoldProgress, Optional<String>> work) {
    return control.changing(action, name, () -> folds.run(FoldProgress.UNHEARD, work));
  }

  /// The position behind which everything is that somebody has not read yet, who has read streams
  /// up to certain revisions: to go on with [#feed].
  ///
  /// @param revisions the last one that was read of each stream; −1 for none
  /// @return the position; −1 for none
  public long behind(Map<String, Long> revisions) {
    var projections = control.projections();
    var streams = new HashMap<StreamName, Long>();
    revisions.forEach((name, revision) -> streams.put(StreamName.of(name), revision));
    streams.keySet().forEach(session::requireReading);
    return projections.behind(streams);
  }

  /// The events that a script of some definition is given, for whoever folds somewhere else.
  ///
  /// @param definition what is wanted
  /// @param after the last position that is not given; −1 to begin at the first
  /// @param limit the most events
  /// @return the next of them that are there
  public ProjectionFeed feed(ProjectionDefinition definition, long after, int limit) {
    var projections = control.projections();
    control.requireReadable(Optional.of(definition));
    var feed = projections.feed(definition, after, Math.clamp(limit, 1, STEPS_MAX), FEED_BYTES_MAX);
    feed.events().forEach(this::requireReadable);
    return feed;
  }
}
