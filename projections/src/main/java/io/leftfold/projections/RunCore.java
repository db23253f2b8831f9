// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.projections.reading.Batch;
import io.leftfold.projections.storage.CheckpointRecord;
import io.leftfold.projections.storage.ParkedRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One run of a projection, from a checkpoint until it ends: what to fold, when a step ends, what
/// becomes of an event that makes the script fail.
///
/// Deterministic, of one thread at a time, without I/O of its own but for states that are not in
/// memory. It is told what was read ([#take]) and written ([#written]), folds when it is given a
/// [#turn], and says what it wants to have written ([RunEffects]). While a step is being written
/// the next one is folded. Whenever the store does not do what it was asked for, the run ends: what
/// is stored is whole, so the next one goes on from there.
final class RunCore implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration PAUSE_MAX = Duration.ofMinutes(1);
  private static final int ATTEMPTS_MAX = 10;
  private static final long EMITTED_BYTES_MAX = 8L << 20;

  /// A checkpoint is written for events that mean nothing, but so seldom that a projection of
  /// everything does not keep itself busy with its own checkpoints.
  private static final long PASSED_MAX = 50_000;

  private final RunIdentity identity;
  private final RunSettings settings;
  private final RunHints hints;
  private final ProjectionDefinition definition;
  private final Fold fold;
  private final StateCache states;
  private final ParkedSet parked;
  private final StepMaker maker;
  private final Clock clock;
  private final RunEffects effects;
  private final byte[] ownMark;
  private final boolean skipsOwn;

  private final ArrayDeque<Batch> inbox = new ArrayDeque<>();
  private int next;
  private int buffered;
  private boolean atEnd;

  private CheckpointRecord checkpoint;
  private long checkpointRevision;
  private long position;
  private long through;
  private long barrier;
  private OpenStep open;
  private long steps;
  private @Nullable Step writing;
  private @Nullable String fault;
  private int attempts;
  private OptionalLong tryAgainAt = OptionalLong.empty();
  private String trouble = "";
  private boolean stopping;
  private @Nullable RunEnd ending;
  private @Nullable RunEnd end;
  private long processed;
  private Optional<Instant> lastStep = Optional.empty();

  RunCore(
      RunIdentity identity,
      RunSettings settings,
      RunHints hints,
      LoadedRun loaded,
      Fold.Opener script,
      Clock clock,
      RunEffects effects) {
    this.identity = identity;
    this.settings = settings;
    this.hints = hints;
    this.definition = script.definition();
    this.states = loaded.states();
    this.parked = loaded.parked();
    this.checkpoint = loaded.checkpoint();
    this.checkpointRevision = loaded.checkpointRevision();
    this.maker = loaded.maker();
    this.clock = clock;
    this.effects = effects;
    position = checkpoint.position();
    through = position;
    open = new OpenStep(clock.millis());
    barrier = settings.isHeld() ? -1 : Long.MAX_VALUE;
    ownMark = identity.ownMark();
    skipsOwn = !(definition.sources() instanceof ProjectionDefinition.Sources.Streams);
    fold = script.open(states);
  }

  // ---- what happened

  /// Takes what was read.
  void take(Batch batch) {
    inbox.add(batch);
    buffered += batch.events().size();
  }

  /// The step that was being written is durable.
  ///
  /// @param revision of its checkpoint
  void written(Step step, long revision) {
    writing = null;
    checkpoint = step.checkpoint();
    checkpointRevision = revision;
    states.written(step.number());
    lastStep = Optional.of(clock.instant());
    settle();
  }

  /// The step that was being written was not, or nobody knows.
  void writeFailed(Step step, RuntimeException failure) {
    writing = null;
    end(
        switch (failure) {
          case WrongExpectedStateException conflict
              when conflict.conflicts().stream()
                  .anyMatch(one -> one.stream().equals(identity.checkpoint())) ->
              new RunEnd.Fenced();
          case StreamTombstonedException tombstoned -> rejected(step, tombstoned);
          case LimitExceededException tooLarge ->
              tooLarge(step, String.valueOf(tooLarge.getMessage()));
          case NotAuthorizedException denied ->
              RunEnd.of(
                  denied, "Writing ($w) to " + targets(step, String.valueOf(denied.getMessage())));
          default -> RunEnd.of(failure, "Writing a step");
        });
  }

  /// The streams that a step emits to: those that the store has named, if it has.
  private static String targets(Step step, String said) {
    var all = step.emissions().stream().map(one -> one.stream().value()).distinct().toList();
    var named = all.stream().filter(said::contains).toList();
    return all.isEmpty()
        ? "the projection's own streams"
        : String.join(", ", named.isEmpty() ? all : named);
  }

  private RunEnd rejected(Step step, StreamTombstonedException tombstoned) {
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

  private RunEnd tooLarge(Step step, String reason) {
    var events = step.events();
    if (events.isEmpty()) {
      return new RunEnd.Faulted(reason);
    }
    var last = events.getLast().original().position();
    return new RunEnd.Again(
        events.size() == 1
            ? hints.rejecting(last, reason)
            : hints.careful(last, Math.max(1, events.size() / 2)));
  }

  /// Nothing behind this position is folded until it is raised.
  void barrier(long lastPosition) {
    barrier = lastPosition;
  }

  // ---- what somebody wants

  /// Ends it behind a last step.
  void stop() {
    stopping = true;
    settle();
  }

  /// Ends it without the open step.
  void abort() {
    end(new RunEnd.Aborted());
  }

  /// Ends it, to begin again behind its checkpoint.
  void renew() {
    end(new RunEnd.Again(hints));
  }

  /// Ends it because its source cannot be read.
  void readFailed(RuntimeException failure) {
    end(RunEnd.of(failure, "Reading ($r) " + sources()));
  }

  private String sources() {
    return switch (definition.sources()) {
      case ProjectionDefinition.Sources.All() -> "$all";
      case ProjectionDefinition.Sources.Category(var name) -> "category " + name;
      case ProjectionDefinition.Sources.Streams(var names) -> String.join(", ", names);
    };
  }

  /// Ends it because a state cannot be read.
  private void stateFailed(RuntimeException failure) {
    end(RunEnd.of(failure, "Reading ($r) states of the projection"));
  }

  // ---- folding

  /// Folds a while.
  ///
  /// @param events how many at most
  /// @return whether there is more that can be folded now
  boolean turn(int events) {
    for (var i = 0; i < events && canFold(); i++) {
      foldNext();
    }
    settle();
    return canFold();
  }

  private boolean canFold() {
    if (end != null || ending != null || stopping || fault != null || isFull()) {
      return false;
    }
    if (tryAgainAt.isPresent() && tryAgainAt.getAsLong() > clock.millis()) {
      return false;
    }
    var head = upcoming();
    return head != null && head.original().position() <= barrier;
  }

  /// The next event, past batches that are through.
  private @Nullable ResolvedEvent upcoming() {
    while (!inbox.isEmpty()) {
      var batch = inbox.peek();
      if (next < batch.events().size()) {
        var head = batch.events().get(next);
        if (head.original().position() > barrier) {
          pass(barrier);
        }
        return head;
      }
      if (batch.through() > barrier) {
        pass(barrier);
        return null;
      }
      inbox.remove();
      next = 0;
      atEnd = batch.atEnd();
      pass(batch.through());
    }
    return null;
  }

  private void consume() {
    next++;
    buffered--;
    attempts = 0;
    tryAgainAt = OptionalLong.empty();
    trouble = "";
  }

  private void pass(long to) {
    if (to > through) {
      open.passed += to - through;
      through = to;
      position = to;
    }
  }

  private void foldNext() {
    var resolved = inbox.element().events().get(next);
    var event = resolved.event().orElse(null);
    var at = resolved.original().position();
    if (event == null || at <= position || (skipsOwn && isOwn(event))) {
      consume();
      pass(at);
      return;
    }
    var rejection = hints.rejected().get(at);
    if (rejection != null) {
      failed(resolved, event, reject(event, rejection));
      return;
    }
    if (parked.hasPartitions() && isOfParked(resolved, event)) {
      skip(resolved);
      return;
    }
    FoldStep step;
    try {
      step = fold.handle(resolved);
    } catch (ProjectionFaultException e) {
      failedToFold(resolved, event, e);
      return;
    } catch (LeftfoldException e) {
      stateFailed(e);
      return;
    } catch (IllegalArgumentException e) {
      // Of a partition whose states have no stream, for none can be called so.
      failed(resolved, event, reject(event, String.valueOf(e.getMessage())));
      return;
    }
    account(resolved, event, step);
  }

  private boolean isOwn(RecordedEvent event) {
    return RunIdentity.beginsWith(event, ownMark);
  }

  /// Whether an event is of a parked partition, as far as that is known without the script.
  private boolean isOfParked(ResolvedEvent resolved, RecordedEvent event) {
    return definition.partitioning() == ProjectionDefinition.Partitioning.STREAM
        && resolved.link().isEmpty()
        && definition.deletion(event).isEmpty()
        && definition.wants(resolved)
        && parked.holds(EventSource.partition(event.stream()));
  }

  private void skip(ResolvedEvent resolved) {
    open.skipped++;
    consume();
    pass(resolved.original().position());
  }

  private void account(ResolvedEvent resolved, RecordedEvent event, FoldStep step) {
    var at = resolved.original().position();
    if (step.isHandled()) {
      if (parked.hasPartitions() && parked.holds(step.partition())) {
        skip(resolved);
        return;
      }
      if (!emit(resolved, event, step)) {
        return;
      }
      open.handled++;
      processed++;
      open.events.add(resolved);
      if (definition.results().output() && settings.isStored()) {
        open.touched.add(step.partition());
      }
    }
    open.bytes += event.data().length + event.metadata().length;
    consume();
    pass(at);
  }

  /// @return whether all of it can be written
  private boolean emit(ResolvedEvent resolved, RecordedEvent event, FoldStep step) {
    var at = resolved.original().position();
    if (step.emitted().isEmpty() || !settings.mayEmit() || at < checkpoint.emitsFrom()) {
      return true;
    }
    var ordinal = 0;
    for (var emitted : step.emitted()) {
      try {
        var emission = Emission.of(emitted, event, identity, at, ordinal++);
        open.emissions.add(emission);
        open.emittedBytes += emission.bytes();
      } catch (IllegalArgumentException e) {
        // The script has seen the event, so it must be opened anew to be without it.
        end(new RunEnd.Again(hints.rejecting(at, String.valueOf(e.getMessage()))));
        return false;
      }
    }
    return true;
  }

  // ---- failing

  private static ProjectionFault reject(RecordedEvent event, String reason) {
    return new ProjectionFault(
        ProjectionFault.Kind.OUTPUT,
        reason,
        Optional.empty(),
        Optional.of(
            new ProjectionFault.EventPlace(
                event.position(), event.stream().value(), event.revision(), event.type())),
        Optional.empty(),
        Optional.empty());
  }

  private void failedToFold(
      ResolvedEvent resolved, RecordedEvent event, ProjectionFaultException failure) {
    var storeFailure = states.failure();
    if (storeFailure != null) {
      stateFailed(storeFailure);
      return;
    }
    if (parked.hasPartitions() && failure.fault().partition().filter(parked::holds).isPresent()) {
      skip(resolved);
      return;
    }
    failed(resolved, event, failure.fault());
  }

  private void failed(ResolvedEvent resolved, RecordedEvent event, ProjectionFault why) {
    switch (settings.config().failurePolicy()) {
      case STOP -> fault = describe(why);
      case RETRY -> tryAgain(why);
      case PARK_EVENT -> park(resolved, event, why, false);
      case PARK_PARTITION -> park(resolved, event, why, canPark(why));
    }
  }

  private String describe(ProjectionFault why) {
    return why.describe(identity.streams().name());
  }

  private void tryAgain(ProjectionFault why) {
    attempts++;
    if (attempts >= ATTEMPTS_MAX) {
      fault = describe(why);
      return;
    }
    var pause = PAUSE.multipliedBy(1L << Math.min(attempts - 1, 16));
    tryAgainAt =
        OptionalLong.of(
            clock.millis() + (pause.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : pause).toMillis());
    trouble = "Attempt %d failed, and there will be another: %s".formatted(attempts, describe(why));
  }

  private boolean canPark(ProjectionFault why) {
    return definition.partitioning() != ProjectionDefinition.Partitioning.NONE
        && !definition.biState()
        && why.partition().isPresent();
  }

  private void park(
      ResolvedEvent resolved, RecordedEvent event, ProjectionFault why, boolean wholePartition) {
    if (wholePartition) {
      try {
        freeze(why.partition().orElseThrow());
      } catch (ProjectionFaultException | LeftfoldException e) {
        cannotSave(e);
        return;
      }
    }
    var said =
        new ParkedRecord.Parked(
            identity.epoch(),
            resolved.original().position(),
            event.stream().value(),
            event.revision(),
            event.type(),
            why.partition(),
            wholePartition,
            describe(why),
            why.stateBefore());
    parked.apply(said);
    open.parked.add(said);
    skip(resolved);
  }

  /// Keeps what the events before made of a partition: later ones may go through the script's hands
  /// before it is known whose they are.
  private void freeze(String partition) {
    open.frozenStates.put(partition, fold.state(partition));
    if (open.touched.remove(partition)) {
      open.frozenResults.put(partition, fold.result(partition));
    }
  }

  // ---- steps

  /// Makes a step if it is time, and ends if there is nothing left to do.
  void settle() {
    if (end != null || writing != null) {
      return;
    }
    if (ending != null) {
      end = ending;
      return;
    }
    upcoming();
    if (isDue()) {
      cut();
      return;
    }
    if (fault != null) {
      end(new RunEnd.Faulted(fault));
    } else if (stopping) {
      end(new RunEnd.Stopped());
    } else if (settings.untilEnd() && isIdle()) {
      end(new RunEnd.Completed());
    }
  }

  private void end(RunEnd how) {
    if (end == null && ending == null) {
      ending = how;
    }
    if (writing == null && end == null) {
      end = ending;
    }
  }

  private boolean isFull() {
    var config = settings.config();
    return open.events.size() >= config.checkpointHandledThreshold()
        || open.events.size() >= hints.stepEventsAt(position)
        || open.bytes >= config.checkpointUnhandledBytesThreshold()
        || open.emissions.size() >= config.maxWriteBatchLength()
        || open.emittedBytes >= EMITTED_BYTES_MAX
        || open.passed >= PASSED_MAX;
  }

  private boolean isDue() {
    if (stopping || fault != null || (settings.untilEnd() && isIdle())) {
      return open.hasEffects() || position > checkpoint.position();
    }
    return isFull()
        || !open.parked.isEmpty()
        || (open.hasEffects() && tryAgainAt.isPresent())
        || (open.hasEffects()
            && isIdle()
            && clock.millis() - open.began >= settings.config().checkpointAfterMs());
  }

  /// Whether everything was folded that there was when it was read.
  boolean isIdle() {
    return atEnd && inbox.isEmpty();
  }

  private void cut() {
    var number = steps++;
    Map<String, String> outputs = new LinkedHashMap<>(open.frozenResults);
    StateChanges changes;
    try {
      for (var partition : open.touched) {
        outputs.put(partition, fold.result(partition));
      }
      changes = fold.save();
    } catch (ProjectionFaultException | LeftfoldException e) {
      cannotSave(e);
      return;
    }
    var kept = withoutParked(changes);
    var objection = maker.objection(kept, outputs.keySet());
    if (objection.isPresent()) {
      end(refused(objection.get()));
      return;
    }
    try {
      make(number, outputs, kept);
    } catch (LeftfoldException e) {
      stateFailed(e);
    }
  }

  /// What a script did to the state of a partition that is parked is not kept.
  private StateChanges withoutParked(StateChanges changes) {
    if (!parked.hasPartitions()) {
      return changes;
    }
    var kept = new LinkedHashMap<>(changes.partitions());
    kept.replaceAll((partition, text) -> open.frozenStates.getOrDefault(partition, text));
    kept.keySet()
        .removeIf(
            partition -> parked.holds(partition) && !open.frozenStates.containsKey(partition));
    return new StateChanges(kept, changes.shared());
  }

  private void cannotSave(RuntimeException failure) {
    var storeFailure = states.failure();
    if (storeFailure != null) {
      stateFailed(storeFailure);
    } else if (failure instanceof ProjectionFaultException script) {
      end(refused(describe(script.fault())));
    } else {
      stateFailed(failure);
    }
  }

  /// A state of the open step cannot be saved: some event made it so.
  private RunEnd refused(String reason) {
    if (open.events.isEmpty()) {
      return new RunEnd.Faulted(reason);
    }
    var last = open.events.getLast().original().position();
    return new RunEnd.Again(
        open.events.size() == 1 ? hints.rejecting(last, reason) : hints.careful(last, 1));
  }

  private void make(long number, Map<String, String> outputs, StateChanges changes) {
    var fresh = changes.partitions().keySet().stream().filter(states::isNew).count();
    var before = checkpoint.figures();
    var after =
        new CheckpointRecord(
            checkpoint.projection(),
            checkpoint.epoch(),
            position,
            checkpoint.emitsFrom(),
            checkpoint.mixed(),
            new CheckpointRecord.Figures(
                before.handled() + open.handled,
                before.skipped() + open.skipped,
                before.emitted() + open.emissions.size(),
                before.partitions() + fresh));
    var commit = maker.make(number, checkpointRevision, after, open, changes, outputs);
    var step = new Step(number, after, commit, changes, open.events, open.emissions);
    if (StepMaker.bytes(commit) > settings.commitBytesMax() && open.events.size() > 1) {
      end(tooLarge(step, "The step is too large"));
      return;
    }
    open = new OpenStep(clock.millis());
    writing = step;
    effects.write(step);
  }

  // ---- how it is

  /// How and why it ended.
  Optional<RunEnd> ended() {
    return Optional.ofNullable(end);
  }

  /// When something has to be done without anything having happened, in milliseconds.
  OptionalLong dueAt() {
    if (tryAgainAt.isPresent()) {
      return tryAgainAt;
    }
    return open.hasEffects() && settings.config().checkpointAfterMs() > 0
        ? OptionalLong.of(open.began + settings.config().checkpointAfterMs())
        : OptionalLong.empty();
  }

  /// Whether it waits for a time that is to come, to try an event again or to end a step.
  boolean isWaiting() {
    var at = dueAt();
    return at.isPresent() && at.getAsLong() > clock.millis();
  }

  /// Batches that are not through.
  int inbox() {
    return inbox.size();
  }

  CheckpointRecord checkpoint() {
    return checkpoint;
  }

  long position() {
    return position;
  }

  ProjectionDefinition definition() {
    return definition;
  }

  ParkedSet parked() {
    return parked;
  }

  /// Asks the fold about a partition; nothing if what the script has in hand is not its state.
  <T> Optional<T> ask(String partition, Function<Fold, T> question) {
    return parked.holds(partition) ? Optional.empty() : Optional.of(question.apply(fold));
  }

  RunFigures figures() {
    return new RunFigures(
        definition,
        position,
        checkpoint,
        processed,
        open.handled,
        open.emissions.size(),
        writing == null ? 0 : writing.emissions().size(),
        writing != null,
        buffered,
        states.size(),
        states.bytes(),
        states.evictions(),
        parked.all().stream().toList(),
        atEnd && inbox.isEmpty() && writing == null,
        trouble,
        lastStep);
  }

  @Override
  public void close() {
    fold.close();
  }
}
