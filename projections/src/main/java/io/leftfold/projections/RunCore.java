// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.LeftfoldException;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.reading.Batch;
import io.leftfold.projections.storage.CheckpointRecord;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
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

  /// After so many events somebody looks at what was allocated meanwhile.
  private static final int MEASURED_EVENTS = 8;

  /// While a step is being written the next one may have so many times as many events as the
  /// configuration says, so that folding does not wait for writing.
  private static final int TIMES_WHILE_WRITING = 8;

  private final RunIdentity identity;
  private final RunSettings settings;
  private final RunHints hints;
  private final ProjectionDefinition definition;
  private final Fold fold;
  private final StateCache states;
  private final Parking parking;
  private final StepRefusals refusals;
  private final StepCutter cutter;
  private final FailedEvents failedEvents;
  private final ScriptLog log;
  private final Clock clock;
  private final RunEffects effects;
  private final Predicate<RecordedEvent> isOwn;

  private final Inbox inbox;
  private final Attempts attempts;
  private final Ending ending = new Ending();

  private CheckpointRecord checkpoint;
  private long checkpointRevision;
  private OpenStep open;
  private long steps;
  private @Nullable Step writing;
  private long processed;
  private long worldBytes;
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
    this.hints = hints.behind(loaded.checkpoint().position());
    this.definition = script.definition();
    this.states = loaded.states();
    this.checkpoint = loaded.checkpoint();
    this.checkpointRevision = loaded.checkpointRevision();
    this.clock = clock;
    this.effects = effects;
    open = new OpenStep(clock.millis());
    attempts = new Attempts(clock);
    inbox =
        new Inbox(
            checkpoint.position(),
            settings.isHeld() ? -1 : Long.MAX_VALUE,
            positions -> open.passed += positions);
    log = new ScriptLog(identity.streams().name(), clock);
    isOwn = RunIdentity.own(definition, identity.streams(), identity.seed());
    fold = script.open(states);
    parking = new Parking(identity, definition, fold, loaded.parked());
    refusals = new StepRefusals(identity.checkpoint(), this.hints);
    cutter =
        new StepCutter(
            identity.streams().name(), fold, loaded, refusals, settings.commitBytesMax());
    failedEvents =
        new FailedEvents(identity, settings.config().failurePolicy(), attempts, parking, cutter);
  }

  // ---- what happened

  /// Takes what was read.
  void take(Batch batch) {
    inbox.take(batch);
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
    end(refusals.byStore(step, failure));
  }

  /// The step that was being written is in memory alone, and there is no room for it. It would be
  /// the same however often it began again.
  void hasNoRoom(String why) {
    writing = null;
    end(
        new RunEnd.Faulted(
            "Projection %s: %s; let it be one that keeps checkpoints, whose states go to the store, or make fewer or smaller states"
                .formatted(identity.streams().name(), why)));
  }

  /// Nothing behind this position is folded until it is raised.
  void barrier(long lastPosition) {
    inbox.barrier(lastPosition);
  }

  // ---- what somebody wants

  /// Ends it behind a last step.
  void stop() {
    ending.stop();
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
    end(RunEnd.ofSources(failure, definition.sources()));
  }

  // ---- folding

  /// Folds a while.
  ///
  /// @param events how many at most
  /// @return whether there is more that can be folded now
  boolean turn(int events) {
    var measured = allocatedBytes();
    if (fold.looksAhead() && canFold()) {
      foldAhead(events);
    }
    for (var i = 1; i <= events && canFold(); i++) {
      foldNext();
      if (i % MEASURED_EVENTS == 0) {
        measured = measure(measured);
      }
    }
    measure(measured);
    settle();
    return canFold();
  }

  private long measure(long before) {
    var now = allocatedBytes();
    open.allocatedBytes += now - before;
    return now;
  }

  private long allocatedBytes() {
    return effects.allocatedBytes() + fold.allocatedElsewhere();
  }

  /// A step that is full ends behind what was folded ahead.
  private boolean canFold() {
    return !ending.isNear()
        && (fold.isAhead() || !isFull(times()))
        && !attempts.isPausing()
        && inbox.upcoming() != null;
  }

  /// Tells the fold which events come next, as far as there is room for them in the step.
  private void foldAhead(int events) {
    var figures = checkpoint.figures();
    var room =
        open.room(
            settings.config(),
            times(),
            hints.stepEventsAt(inbox.through()),
            figures.emitted() / Math.max(1, figures.handled()));
    var next = new ArrayList<ResolvedEvent>();
    var last = inbox.through();
    for (var resolved : inbox.ahead((int) Math.min(events, room))) {
      var at = resolved.original().position();
      var event = resolved.event().orElse(null);
      if (event != null
          && at > last
          && !isOwn.test(event)
          && hints.rejection(at) == null
          && !parking.isOfParked(resolved, event)) {
        next.add(resolved);
      }
      last = at;
    }
    try {
      fold.ahead(next);
    } catch (LeftfoldException e) {
      end(RunEnd.ofStates(e));
    }
  }

  /// The upcoming event is done with.
  private void consume() {
    inbox.consume();
    attempts.clear();
  }

  private void foldNext() {
    var resolved = Objects.requireNonNull(inbox.upcoming());
    var event = resolved.event().orElse(null);
    var at = resolved.original().position();
    if (event == null || at <= inbox.through() || isOwn.test(event)) {
      consume();
      return;
    }
    var rejection = hints.rejection(at);
    if (rejection != null) {
      failed(resolved, FailedEvents.rejection(event, rejection));
      return;
    }
    if (parking.isOfParked(resolved, event)) {
      skip();
      return;
    }
    FoldStep step;
    try {
      step = fold.handle(resolved);
    } catch (ProjectionFaultException e) {
      failedToFold(resolved, e);
      return;
    } catch (LeftfoldException e) {
      end(RunEnd.ofStates(e));
      return;
    } catch (IllegalArgumentException e) {
      // Of a partition whose states have no stream, for none can be called so.
      failed(resolved, FailedEvents.rejection(event, String.valueOf(e.getMessage())));
      return;
    }
    account(resolved, event, step);
  }

  private void skip() {
    open.skipped++;
    consume();
  }

  private void account(ResolvedEvent resolved, RecordedEvent event, FoldStep step) {
    if (step.isHandled()) {
      if (parking.holds(step.partition())) {
        skip();
        return;
      }
      if (!emit(resolved, event, step)) {
        return;
      }
      log.add(event, step.logged());
      open.handled++;
      processed++;
      open.events.add(resolved);
      if (definition.results().output() && settings.isStored()) {
        open.touched.add(step.partition());
      }
    }
    open.bytes += event.data().length + event.metadata().length;
    consume();
  }

  /// @return whether all of it can be written
  private boolean emit(ResolvedEvent resolved, RecordedEvent event, FoldStep step) {
    var at = resolved.original().position();
    if (step.emitted().isEmpty() || !settings.mayEmit() || at < checkpoint.emitsFrom()) {
      return true;
    }
    try {
      open.emit(Emission.all(step.emitted(), event, identity, at));
      return true;
    } catch (IllegalArgumentException e) {
      // The script has seen the event, so it must be opened anew to be without it.
      end(new RunEnd.Again(hints.rejecting(at, String.valueOf(e.getMessage()))));
      return false;
    }
  }

  // ---- failing

  private void failedToFold(ResolvedEvent resolved, ProjectionFaultException failure) {
    var storeFailure = states.failure();
    if (storeFailure != null) {
      end(RunEnd.ofStates(storeFailure));
      return;
    }
    if (failure.fault().partition().filter(parking::holds).isPresent()) {
      skip();
      return;
    }
    resolved.event().ifPresent(event -> log.add(event, failure.logged()));
    failed(resolved, failure.fault());
  }

  private void failed(ResolvedEvent resolved, ProjectionFault why) {
    switch (failedEvents.of(resolved, why, open)) {
      case FailedEvents.Verdict.Stops(var reason) -> ending.fault(reason);
      case FailedEvents.Verdict.Waits() -> {
        // Until its time has come nothing is folded.
      }
      case FailedEvents.Verdict.Parked() -> skip();
      case FailedEvents.Verdict.Ends(var how) -> end(how);
    }
  }

  // ---- steps

  /// Makes a step if it is time, and ends if there is nothing left to do.
  void settle() {
    if (writing != null) {
      return;
    }
    if (ending.isDecided()) {
      ending.come();
      return;
    }
    inbox.upcoming();
    if (isDue()) {
      cut();
    } else if (isAtLastStep()) {
      end(ending.behindLastStep());
    }
  }

  private boolean isAtLastStep() {
    return ending.wantsLastStep() || (settings.untilEnd() && isIdle());
  }

  private void end(RunEnd how) {
    ending.decide(how);
    if (writing == null) {
      ending.come();
    }
  }

  private boolean isFull(int times) {
    return open.isFull(settings.config(), times, hints.stepEventsAt(inbox.through()));
  }

  private int times() {
    return writing == null ? 1 : TIMES_WHILE_WRITING;
  }

  private boolean isDue() {
    if (isAtLastStep()) {
      return open.hasEffects() || inbox.through() > checkpoint.position();
    }
    return isFull(1)
        || !open.parked.isEmpty()
        || (open.hasEffects() && attempts.againAt().isPresent())
        || (open.hasEffects()
            && isIdle()
            && clock.millis() - open.began >= settings.config().checkpointAfterMs());
  }

  /// Whether everything was folded that there was when it was read.
  boolean isIdle() {
    return inbox.isThrough();
  }

  private void cut() {
    if (fold.isDoubtful()) {
      end(new RunEnd.Again(hints.inOneWorld()));
      return;
    }
    switch (cutter.cut(steps++, checkpoint, checkpointRevision, inbox.through(), open)) {
      case StepCutter.Cut.Made(var step) -> {
        worldBytes += open.allocatedBytes;
        open = new OpenStep(clock.millis());
        writing = step;
        effects.write(step);
        renewWorld();
      }
      case StepCutter.Cut.Ends(var how) -> end(how);
    }
  }

  /// What a script keeps outside of its states cannot be seen, but it is no more than what was
  /// allocated since the script was opened.
  private void renewWorld() {
    if (worldBytes < fold.worldBytesMax()) {
      return;
    }
    worldBytes = 0;
    try {
      fold.renew();
    } catch (ProjectionFaultException _) {
      end(new RunEnd.Again(hints));
    }
  }

  // ---- how it is

  /// How and why it ended.
  Optional<RunEnd> ended() {
    return ending.end();
  }

  /// When something has to be done without anything having happened, in milliseconds.
  OptionalLong dueAt() {
    if (attempts.againAt().isPresent()) {
      return attempts.againAt();
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
    return inbox.batches();
  }

  CheckpointRecord checkpoint() {
    return checkpoint;
  }

  long position() {
    return inbox.through();
  }

  ProjectionDefinition definition() {
    return definition;
  }

  /// Asks the fold about a partition; nothing if what the script has in hand is not its state.
  <T> Optional<T> ask(String partition, Function<Fold, T> question) {
    return parking.holds(partition) ? Optional.empty() : Optional.of(question.apply(fold));
  }

  RunFigures figures() {
    return new RunFigures(
        definition,
        inbox.through(),
        checkpoint,
        processed,
        open.handled,
        open.emissions.size(),
        writing == null ? 0 : writing.emissions().size(),
        writing != null,
        inbox.events(),
        states.size(),
        states.bytes(),
        states.evictions(),
        parking.size(),
        isIdle() && writing == null,
        attempts.trouble(),
        lastStep);
  }

  @Override
  public void close() {
    fold.close();
  }
}
