// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.EventFilter;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.reading.Cursor;
import io.leftfold.projections.reading.Question;
import io.leftfold.projections.storage.CheckpointRecord;
import io.leftfold.projections.storage.ParkedRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Folds what was parked: one event, or a partition from its event on to where the rest is.
///
/// Done while the projection does not run. Each step is a commit like any other, at the same
/// position; one that is not the last parks the partition again, further on.
final class CatchUp {

  private static final int STEP_EVENTS = 1_000;
  private static final long STEP_BYTES = 8L << 20;

  private final ProjectionHost host;
  private final RunIdentity identity;
  private final CompiledProjection script;
  private final LoadedRun loaded;
  private final boolean mayEmit;
  private final ParkedRecord.Parked entry;
  private final Predicate<RecordedEvent> isOwn;

  private CheckpointRecord checkpoint;
  private long revision;
  private long steps;
  private long key;
  private OpenStep open = new OpenStep(0);

  CatchUp(
      ProjectionHost host,
      RunIdentity identity,
      CompiledProjection script,
      LoadedRun loaded,
      boolean mayEmit,
      ParkedRecord.Parked entry) {
    this.host = host;
    this.identity = identity;
    this.script = script;
    this.loaded = loaded;
    this.mayEmit = mayEmit;
    this.entry = entry;
    isOwn = RunIdentity.own(script.definition(), identity.streams(), identity.seed());
    checkpoint = loaded.checkpoint();
    revision = loaded.checkpointRevision();
    key = entry.position();
  }

  /// Folds it.
  ///
  /// @param skip whether the event that failed is left out for good
  /// @param progress is told how far it is; when it is to end, the partition is parked again
  /// @return why it is still parked, if it is
  Optional<String> run(boolean skip, FoldProgress progress) {
    try (var fold = ScriptFold.opener(script, mayEmit).open(loaded.states());
        var membership = new Membership(script);
        var cursor = new Cursor(host.store(), question(), entry.position() - 1)) {
      return entry.wholePartition()
          ? partition(fold, membership, cursor, skip, progress)
          : event(fold, cursor, skip);
    } catch (ProjectionFaultException e) {
      return Optional.of(e.fault().describe(identity.streams().name()));
    } catch (IllegalArgumentException e) {
      // Nothing that is called so can be written; what was written before is whole.
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// Where a partition is a stream, the index knows where its events are.
  private Question question() {
    var definition = script.definition();
    var partition = entry.partition().orElse("");
    return entry.wholePartition()
            && definition.partitioning() == ProjectionDefinition.Partitioning.STREAM
            && definition.sources() instanceof ProjectionDefinition.Sources.All
            && !definition.includeLinks()
        ? new Question.All(
            EventFilter.streamPrefix(partition, "$$" + partition), false, Set.of(), true)
        : Questions.of(definition);
  }

  private Optional<String> event(Fold fold, Cursor cursor, boolean skip) {
    var found =
        skip ? Optional.<ResolvedEvent>empty() : cursor.next(1, 1).events().stream().findFirst();
    if (found.filter(resolved -> resolved.original().position() == key).isPresent()) {
      take(fold, found.get());
    }
    release();
    commit(fold);
    return Optional.empty();
  }

  /// One event of the partition waits until the next one is found, so that there is one to park the
  /// partition at when this is to end, however long the next one is looked for.
  private Optional<String> partition(
      Fold fold, Membership membership, Cursor cursor, boolean skip, FoldProgress progress) {
    var end = checkpoint.position();
    var handled = 0L;
    var waiting = Optional.<ResolvedEvent>empty();
    while (cursor.through() < end) {
      var batch = cursor.next(SourceReader.BATCH_EVENTS, SourceReader.BATCH_BYTES);
      for (var resolved : batch.events()) {
        var at = resolved.original().position();
        if (at > end) {
          break;
        }
        if (!isOfIt(membership, resolved) || (skip && at == entry.position())) {
          continue;
        }
        var failed = waiting.flatMap(before -> next(fold, before));
        if (failed.isPresent()) {
          return failed;
        }
        waiting = Optional.of(resolved);
        handled++;
      }
      var ended = ended(progress, cursor.through(), handled);
      if (ended.isPresent()) {
        if (waiting.isPresent()) {
          parkAgain(waiting.get(), "Resumed up to here", Optional.empty());
          commit(fold);
        }
        return ended;
      }
      if (batch.atEnd()) {
        break;
      }
    }
    var failed = waiting.flatMap(last -> next(fold, last));
    if (failed.isEmpty()) {
      release();
      commit(fold);
    }
    return failed;
  }

  private Optional<String> ended(FoldProgress progress, long position, long handled) {
    try {
      return progress.at(position, checkpoint.position() + 1, handled)
          ? Optional.empty()
          : Optional.of("It was ended at position %d; resume it again".formatted(position));
    } catch (ProjectionException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// Takes the next event of the partition.
  ///
  /// @return why it fails, if it does; then the partition is parked at it
  private Optional<String> next(Fold fold, ResolvedEvent resolved) {
    if (open.events.size() >= STEP_EVENTS || open.bytes >= STEP_BYTES) {
      parkAgain(resolved, "Resumed up to here", Optional.empty());
      commit(fold);
    }
    try {
      take(fold, resolved);
      return Optional.empty();
    } catch (ProjectionFaultException e) {
      var why = e.fault().describe(identity.streams().name(), false);
      parkAgain(resolved, why, e.fault().stateBefore());
      commit(fold);
      return Optional.of(why);
    }
  }

  private boolean isOfIt(Membership membership, ResolvedEvent resolved) {
    return resolved.event().filter(isOwn).isEmpty()
        && membership.partition(resolved).equals(entry.partition());
  }

  private void take(Fold fold, ResolvedEvent resolved) {
    var step = fold.handle(resolved);
    if (!step.isHandled()) {
      return;
    }
    var event = resolved.event().orElseThrow();
    var at = resolved.original().position();
    if (mayEmit && at >= checkpoint.emitsFrom()) {
      open.emit(Emission.all(step.emitted(), event, identity, at));
    }
    open.events.add(resolved);
    open.handled++;
    open.bytes += event.data().length;
    if (script.definition().results().output()) {
      open.touched.add(step.partition());
    }
  }

  private void release() {
    open.parked.add(new ParkedRecord.Released(identity.epoch(), key));
  }

  private void parkAgain(ResolvedEvent resolved, String why, Optional<String> stateBefore) {
    release();
    RecordedEvent event = resolved.event().orElseThrow();
    key = resolved.original().position();
    open.parked.add(
        new ParkedRecord.Parked(
            identity.epoch(),
            key,
            event.stream().value(),
            event.revision(),
            event.type(),
            entry.partition(),
            true,
            why,
            stateBefore));
  }

  private void commit(Fold fold) {
    Map<String, String> outputs = new LinkedHashMap<>();
    open.touched.forEach(partition -> outputs.put(partition, fold.result(partition)));
    var changes = fold.save();
    var done = open;
    checkpoint =
        checkpoint.withFigures(before ->
            new CheckpointRecord.Figures(
                before.handled() + done.handled,
                Math.max(0, before.skipped() - done.handled),
                before.emitted() + done.emissions.size(),
                before.partitions()
                    + changes.partitions().keySet().stream()
                        .filter(loaded.states()::isNew)
                        .count()));
    var commit = loaded.maker().make(steps, revision, checkpoint, open, changes, outputs);
    revision = host.store().append(commit).streams().getLast().lastRevision();
    loaded.states().written(steps++);
    open = new OpenStep(0);
  }
}
