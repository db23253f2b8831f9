// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventFilter;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.reading.Cursor;
import io.leftfold.projections.reading.Question;
import io.leftfold.projections.storage.ProjectionStreams;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.function.Predicate;

/// A fold that writes nothing, up to a moment: from the nearest kept states that are not later, or
/// from zero.
final class PastFold {

  private static final int SAVE_EVENTS = 4_000;

  private final ProjectionHost host;
  private final ProjectionStreams streams;
  private final long epoch;
  private final CompiledProjection script;
  private final FailurePolicy policy;
  private final FoldProgress progress;
  private final Predicate<RecordedEvent> own;

  PastFold(
      ProjectionHost host,
      Registry.Entry entry,
      long epoch,
      CompiledProjection script,
      FailurePolicy policy,
      FoldProgress progress) {
    this.host = host;
    this.streams = entry.streams();
    this.epoch = epoch;
    this.script = script;
    this.policy = policy;
    this.progress = progress;
    own = RunIdentity.own(script.definition(), streams, entry.seed());
  }

  /// What is asked of the fold in the end.
  interface Asking {
    String of(ProjectionFold fold);
  }

  /// The state or result of a partition.
  PartitionState at(AsOf moment, String partition, Asking asking) {
    var end = end(moment);
    var kept =
        KeptStates.before(host.store(), streams, epoch, end).filter(found -> !found.isMixed());
    if (kept.isPresent()) {
      var states = kept.get();
      try {
        return fold(
            states, states.isParked(partition) ? end : states.position(), end, partition, asking);
      } catch (ProjectionFaultException | KeptStates.ForgottenException e) {
        if (!states.isForgotten()) {
          throw e;
        }
      }
    }
    return fold(StateStore.NONE, -1, end, partition, asking);
  }

  /// The first position that is not seen.
  private long end(AsOf moment) {
    var all = host.store().lastPosition().orElse(-1L) + 1;
    return switch (moment) {
      case AsOf.Now() -> all;
      case AsOf.Position(var end) -> Math.min(end, all);
      case AsOf.Time(var time) ->
          Math.min(
              all,
              host.store()
                  .positionAt(time.truncatedTo(ChronoUnit.MICROS).plus(1, ChronoUnit.MICROS)));
    };
  }

  private PartitionState fold(
      StateStore start, long after, long end, String partition, Asking asking) {
    var memory = new OverlaidStates(start, host.options().pastStateBytesMax());
    var states = new StateCache(memory, host.options().stateBytesMax());
    var handled = 0L;
    try (var fold = script.fold(states);
        var cursor = new Cursor(host.store(), question(partition), after)) {
      while (true) {
        var batch = cursor.next(SourceReader.BATCH_EVENTS, SourceReader.BATCH_BYTES);
        for (var resolved : batch.events()) {
          if (resolved.original().position() >= end) {
            return new PartitionState(asking.of(fold), end - 1);
          }
          switch (take(fold, resolved, partition)) {
            case HANDLED -> handled++;
            case LEFT_OUT -> {}
            case STANDS_STILL -> {
              return new PartitionState(asking.of(fold), end - 1);
            }
          }
        }
        if (fold.unsavedEvents() >= SAVE_EVENTS) {
          save(fold, states, memory);
        }
        if (!progress.at(Math.min(batch.through(), end - 1), end, handled)) {
          throw new ProjectionException(
              ProjectionException.Reason.CANCELLED,
              "The fold of projection %s was cancelled at position %d"
                  .formatted(streams.name(), batch.through()));
        }
        if (batch.atEnd() || batch.through() >= end - 1) {
          return new PartitionState(asking.of(fold), end - 1);
        }
      }
    }
  }

  private static void save(ProjectionFold fold, StateCache states, OverlaidStates memory) {
    var changes = fold.save();
    memory.put(changes);
    changes.partitions().forEach((name, text) -> states.put(0, name, text, -1));
    changes.shared().ifPresent(states::putShared);
    states.written(0);
  }

  /// What became of an event.
  private enum Taken {
    HANDLED,
    LEFT_OUT,
    /// The partition that is asked for is parked from here on.
    STANDS_STILL
  }

  private Taken take(ProjectionFold fold, ResolvedEvent resolved, String asked) {
    var event = resolved.event().orElse(null);
    var definition = script.definition();
    if (event == null || own.test(event)) {
      return Taken.LEFT_OUT;
    }
    if (isIndependent()
        && resolved.link().isEmpty()
        && definition.deletion(event).isEmpty()
        && !EventSource.partition(event.stream()).equals(asked)) {
      return Taken.LEFT_OUT;
    }
    try {
      return fold.handle(resolved).isHandled() ? Taken.HANDLED : Taken.LEFT_OUT;
    } catch (ProjectionFaultException e) {
      return switch (policy) {
        case STOP, RETRY -> throw e;
        case PARK_EVENT -> Taken.LEFT_OUT;
        case PARK_PARTITION ->
            e.fault().partition().filter(asked::equals).isPresent() && isPartitioned()
                ? Taken.STANDS_STILL
                : Taken.LEFT_OUT;
      };
    }
  }

  /// Whether partitions can be parked: others are not to know of it.
  private boolean isPartitioned() {
    var definition = script.definition();
    return definition.partitioning() != ProjectionDefinition.Partitioning.NONE
        && !definition.biState();
  }

  /// Whether the state of a partition comes of the events of one stream.
  private boolean isIndependent() {
    var definition = script.definition();
    return definition.partitioning() == ProjectionDefinition.Partitioning.STREAM
        && !definition.biState();
  }

  private Question question(String partition) {
    var definition = script.definition();
    return isIndependent()
            && !partition.isEmpty()
            && definition.sources() instanceof ProjectionDefinition.Sources.All
            && !definition.includeLinks()
        ? new Question.All(
            EventFilter.streamPrefix(partition, "$$" + partition), false, Set.of(), true)
        : Questions.of(definition);
  }
}
