// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.toolkit.process.Agenda.Lane;
import io.leftfold.toolkit.process.Agenda.Open;
import io.leftfold.toolkit.process.Delivery.Progress;
import io.leftfold.toolkit.process.Timers.Running;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Sees to what the instances want: follows their streams, and gives commands to their targets,
/// fires timers, and handles what was held.
///
/// For one thread, but for the deliveries, which run where the executor lets them, and only hand
/// back how far they got.
final class Conductor<E, S, C> implements AutoCloseable {

  /// So many entries are taken before something is done, however many there are.
  private static final int MESSAGES_MAX = 1_000;

  private static final Duration CATCHING_UP = Duration.ofSeconds(1);

  private final EventStore store;
  private final ProcessDefinition<E, S, C> definition;
  private final Instances<E, S, C> instances;
  private final Reactions<E, S, C> reactions;
  private final Delivery<E, S, C> delivery;
  private final ProcessOptions options;
  private final Clock clock;
  private final Executor executor;
  private final Queue<Delivered> delivered = new ConcurrentLinkedQueue<>();
  private final Agenda agenda;
  private final AgendaCheckpoints checkpoints;
  private final StoreTime storeTime;

  private @Nullable Subscription entries;
  private long last = -1;
  private int uncheckpointed;
  private boolean caughtUp;
  private int underWay;
  private long retries;
  private volatile Work work = new Work(Census.NOBODY, 0, 0, 0, 0, 0, false);

  /// What is going on.
  record Work(
      Census census,
      int openCommands,
      int atTargets,
      int retrying,
      long retries,
      int timers,
      boolean isCaughtUp) {}

  private record Delivered(Lane lane, Open command, Progress progress) {}

  Conductor(
      EventStore store,
      ProcessDefinition<E, S, C> definition,
      Instances<E, S, C> instances,
      Reactions<E, S, C> reactions,
      Delivery<E, S, C> delivery,
      ProcessOptions options,
      Clock clock,
      Executor executor) {
    this.store = store;
    this.definition = definition;
    this.instances = instances;
    this.reactions = reactions;
    this.delivery = delivery;
    this.options = options;
    this.clock = clock;
    this.executor = executor;
    this.agenda = new Agenda(options.timersMax());
    this.checkpoints = new AgendaCheckpoints(store, definition);
    this.storeTime = new StoreTime(store, definition);
  }

  /// Learns what has come, then handles an input that was held, if there is one, and gives a
  /// command to its target, if one may go.
  ///
  /// @param atMost how long to wait for something to come, if there is nothing to do
  /// @return whether anything was done
  boolean turn(Duration atMost) throws InterruptedException {
    var isAtEnd = follow(isIdle() ? untilSomethingIsDue(atMost) : Duration.ZERO);
    collect();
    keepCheckpoint();
    look();
    return (caughtUp && (handleHeld() || deliver())) || !isAtEnd;
  }

  /// Whether it would be wrong to take more inputs: too much is to be done for those that came. For
  /// any thread.
  boolean isFull() {
    return work.openCommands() >= options.openCommandsMax();
  }

  /// What was going on in the last turn. For any thread.
  Work work() {
    return work;
  }

  private void look() {
    work =
        new Work(
            agenda.census(),
            agenda.openCommands(),
            underWay,
            agenda.retrying(),
            retries,
            agenda.timers().size(),
            caughtUp);
  }

  // ---- learning

  private boolean isIdle() {
    return delivered.isEmpty() && agenda.nextChanged().isEmpty() && (!agenda.isReady() || isBusy());
  }

  private boolean isBusy() {
    return underWay >= options.deliveriesMax();
  }

  private Duration untilSomethingIsDue(Duration atMost) {
    var now = clock.instant();
    // What cannot go now does not go by being looked at.
    var command = isBusy() ? Optional.<Instant>empty() : agenda.wakeAt();
    var timer =
        isFull()
            ? Optional.<Instant>empty()
            : agenda.timers().wakeAt().map(due -> later(due, storeTime.nextLook()));
    return Stream.concat(command.stream(), timer.stream())
        .map(due -> due.isAfter(now) ? Duration.between(now, due) : Duration.ZERO)
        .reduce(atMost, (one, other) -> one.compareTo(other) < 0 ? one : other);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isBefore(other) ? other : one;
  }

  /// @return whether there is nothing more to learn now
  private boolean follow(Duration atMost) throws InterruptedException {
    var followed = entries == null ? open() : entries;
    var wait = caughtUp ? atMost : CATCHING_UP; // there is something to come
    for (var i = 0; i < MESSAGES_MAX; i++) {
      var message = followed.poll(wait);
      if (message.isEmpty()) {
        return true;
      }
      wait = Duration.ZERO;
      switch (message.get()) {
        case SubscriptionMessage.Event(var resolved) -> take(resolved.original());
        case SubscriptionMessage.CaughtUp _ -> caughtUp = true;
        case SubscriptionMessage.FellBehind _, SubscriptionMessage.Checkpoint _ -> {}
      }
    }
    return false;
  }

  private Subscription open() {
    if (last < 0) {
      recall();
    }
    var start = last < 0 ? SubscribeOptions.fromBeginning() : SubscribeOptions.after(last);
    var opened = store.subscribeToAll(start.filteredBy(ours()));
    entries = opened;
    return opened;
  }

  private void recall() {
    var kept = checkpoints.last();
    if (kept.isPresent()) {
      agenda.begin(kept.get());
      kept.get().instances().forEach(instance -> agenda.recall(instances.of(instance)));
      last = kept.get().position();
    }
  }

  private void keepCheckpoint() {
    if (uncheckpointed >= options.checkpointEvery()) {
      var checkpoint = agenda.checkpoint(last, AgendaCheckpoint.INSTANCES_MAX);
      if (checkpoint.position() >= 0) {
        checkpoints.keep(checkpoint);
      }
      uncheckpointed = 0;
    }
  }

  private EventFilter ours() {
    return new EventFilter.Category(definition.category());
  }

  private void take(RecordedEvent event) {
    last = event.position();
    storeTime.saw(event);
    uncheckpointed++;
    definition.instance(event.stream()).ifPresent(instance -> agenda.take(instance, event));
  }

  private void collect() {
    for (var one = delivered.poll(); one != null; one = delivered.poll()) {
      underWay--;
      switch (one.progress()) {
        case Progress.Done() -> agenda.putSettled(one.lane(), one.command());
        case Progress.Again(var attempts, var until) -> {
          agenda.putBack(one.lane(), one.command(), attempts, until);
          retries++;
        }
      }
    }
  }

  // ---- doing

  private boolean handleHeld() {
    var name = agenda.nextChanged();
    if (name.isEmpty()) {
      return false;
    }
    var changed = name.get();
    var _ = delivery.change(changed, this::toNextHeld);
    var instance = instances.of(changed);
    if (!agenda.look(instance)) {
      agenda.done(changed);
    }
    instances.giveBack(instance);
    return true;
  }

  private List<ProposedEvent> toNextHeld(Instance<E, S, C> instance, Optional<String> objection) {
    return instance
        .nextHeld()
        .map(held -> reactions.toHeld(instance, held, objection))
        .orElse(List.of());
  }

  private boolean deliver() {
    if (isBusy()) {
      return false;
    }
    var next = agenda.takeReady(clock.instant());
    next.ifPresent(this::deliver);
    return next.isPresent();
  }

  private void deliver(Lane lane) {
    var command = lane.first();
    var attempts = agenda.attempts(command);
    underWay++;
    executor.execute(
        () -> delivered.add(new Delivered(lane, command, delivery.attempt(command, attempts))));
  }

  /// Fires the timer that is due next, if one is: by the clock of this process, which says when it
  /// is worth asking, and by that of the store.
  ///
  /// @return whether one was
  boolean fireOne() {
    if (!caughtUp) {
      return false;
    }
    var now = clock.instant();
    var timers = agenda.timers();
    if (timers.isExhausted(now)) {
      refill();
    }
    if (isFull()) {
      return false;
    }
    var due = timers.due(now).filter(timer -> storeTime.hasCome(timer.due(), now));
    due.ifPresent(this::fire);
    return due.isPresent();
  }

  private void fire(Running timer) {
    var _ =
        delivery.change(
            timer.instance(), (instance, objection) -> toTimer(instance, timer, objection));
    agenda.timers().drop(timer);
  }

  /// One that was replaced or cancelled meanwhile, or whose instance is parked, does not fire; that
  /// of a parked one is found again when it goes on.
  private List<ProposedEvent> toTimer(
      Instance<E, S, C> instance, Running timer, Optional<String> objection) {
    var running = instance.timers().get(timer.timer());
    return running == null
            || running.started() != timer.started()
            || instance.isHolding()
            || instance.isCompleted()
        ? List.of()
        : reactions.toTimer(instance, running, objection);
  }

  private void refill() {
    var timers = agenda.timers();
    var options = ReadOptions.forwards().from(timers.unknownFrom()).filteredBy(ours());
    timers.refill(wanted -> {
      try (var read = store.readAll(options)) {
        for (var resolved : read) {
          var event = resolved.original();
          definition
              .instance(event.stream())
              .ifPresent(instance -> agenda.takeTimer(instance, event, wanted));
        }
      }
    });
  }

  /// Lets the next turn follow the entries by another subscription.
  void reopen() {
    close();
    entries = null;
    caughtUp = false;
  }

  @Override
  public void close() {
    if (entries != null) {
      entries.close();
    }
  }
}
