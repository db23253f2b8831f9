// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.ContentType;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.disk.FaultyDisk.Fault;
import io.leftfold.engine.disk.YieldingDisk;
import io.leftfold.engine.index.IndexOptions;
import io.leftfold.engine.index.KeyHash;
import io.leftfold.engine.stream.MetadataJson;
import io.leftfold.testkit.ManualClock;
import io.leftfold.testkit.Outcome;
import io.leftfold.testkit.Step;
import io.leftfold.testkit.Steps;
import io.leftfold.testkit.Steps.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One history of a store, by chance from a seed: callers who append, read, follow, scavenge and
/// copy at once, on a disk that fails, with crashes in between, on one thread ([SeededThreads]),
/// compared with the model ([Referee]).
///
/// A history is a few *lives* of the store, from opening it to its end. Each end is another: the
/// store is closed when all is quiet or in the middle of things, the process is killed between two
/// turns of threads, or the power fails in the middle of a call of the disk.
final class Simulation {

  private static final int LIVES_MAX = 4;
  private static final int STEPS_MAX = 40;
  private static final int STEPS_OF_A_LONG_LIFE = 300;

  /// Is told nothing.
  static final Consumer<String> NOBODY = _ -> {};

  private static final List<EventFilter> FILTERS =
      List.of(
          EventFilter.everything(),
          EventFilter.withoutSystemEvents(),
          new EventFilter.Category("account"),
          new EventFilter.Types(Set.of("Paid")),
          EventFilter.streamPrefix("order-"));

  private final long seed;
  private final Consumer<String> witness;
  private final Random random;
  private final SeededThreads threads;
  private final ManualClock clock = new ManualClock(Steps.START);
  private final Referee referee = new Referee(clock, this::untilQuiet);
  private final EngineOptions options;
  private final int indexTableEvents;
  private final long indexTableBytes;
  private final int mergedSegments;
  private final boolean isLong;
  private final boolean scavenges;
  private final boolean copies;
  private final boolean damages;

  private FaultyDisk disk;
  private YieldingDisk calls;
  private FaultyDisk copy;
  private long copied;
  private @Nullable LocalEventStore store;
  private boolean ending;

  /// How a life ends.
  private enum End {
    CLOSED_WHEN_QUIET,
    CLOSED,
    KILLED,
    POWER_FAILED
  }

  /// Not begun.
  ///
  /// @param durability what an acknowledged append survives: with less than a sync, not everything
  /// @param witness is told what happens
  Simulation(long seed, Durability durability, Consumer<String> witness) {
    this.seed = seed;
    this.witness = witness;
    this.random = new Random(seed);
    this.threads = new SeededThreads(random.nextLong());
    this.disk = new FaultyDisk(random.nextLong());
    this.copy = new FaultyDisk(random.nextLong());
    this.calls = new YieldingDisk(disk);
    this.isLong = random.nextInt(20) == 0;
    this.scavenges = random.nextInt(3) == 0;
    this.copies = random.nextInt(3) == 0;
    this.damages = random.nextInt(4) == 0;
    this.indexTableEvents = 4 << random.nextInt(6);
    this.indexTableBytes = random.nextInt(4) == 0 ? 500L << random.nextInt(5) : 1 << 20;
    this.mergedSegments = 2 + random.nextInt(3);
    this.options =
        StoreRig.options(random.nextLong(), 4096L << random.nextInt(scavenges ? 2 : 4))
            .withDurability(durability)
            .withQueue(random.nextBoolean() ? 1 + random.nextInt(4) : 1000, 1 << 20)
            .withClock(clock)
            .withThreads(threads);
  }

  /// Runs it.
  Tally run() {
    var lives = 1 + random.nextInt(LIVES_MAX);
    var steps = steps(lives * (1 + random.nextInt(isLong ? STEPS_OF_A_LONG_LIFE : STEPS_MAX)));
    for (var life = 0; life < lives; life++) {
      var size = steps.size() / lives;
      live(steps.subList(life * size, (life + 1) * size));
    }
    open(0);
    referee.inspect();
    close();
    disk = disk.afterKill();
    assertThat(StoreCheck.check(disk, StoreCheck.Progress.none()).damages()).isEmpty();
    assertThat(StoreIndex.verify(disk, disk, StoreCheck.Progress.none()).damages()).isEmpty();
    checkCopy();
    return new Tally(
        1,
        referee.compared(),
        threads.turns(),
        referee.survived(),
        referee.forgotten(),
        copied,
        threads.trace());
  }

  /// What happened in histories.
  ///
  /// @param histories how many there were
  /// @param compared how many answers were compared with the model's
  /// @param turns how many turns threads had
  /// @param survived how many commits were kept though nobody was told so
  /// @param forgotten how many events scavenges took away
  /// @param copied how many events were in the last copies
  /// @param trace all of it as a number, which another seed does not give
  record Tally(
      long histories,
      long compared,
      long turns,
      long survived,
      long forgotten,
      long copied,
      long trace) {

    static final Tally NONE = new Tally(0, 0, 0, 0, 0, 0, 0);

    Tally plus(Tally other) {
      return new Tally(
          histories + other.histories,
          compared + other.compared,
          turns + other.turns,
          survived + other.survived,
          forgotten + other.forgotten,
          copied + other.copied,
          trace * 31 + other.trace);
    }
  }

  /// Where there are scavenges, nobody asks for what they take away: how a stream stood earlier,
  /// conditions, and ids that were used before.
  private List<Step> steps(int count) {
    if (!scavenges) {
      return Steps.from(seed, EnumSet.complementOf(EnumSet.of(Kind.REOPEN))).take(count);
    }
    var ids = new HashSet<UUID>();
    return Steps.from(seed, EnumSet.complementOf(EnumSet.of(Kind.REOPEN, Kind.BOUNDARIES)))
        .take(count)
        .stream()
        .filter(step -> !ScavengeModelTest.asksForWhatIsForgotten(step))
        .filter(step -> !(step instanceof Step.Append(var commit)) || isNew(ids(commit), ids))
        .toList();
  }

  /// Of a commit none of whose ids was used before, they count as used from now on.
  private static boolean isNew(Set<UUID> some, Set<UUID> used) {
    return Collections.disjoint(some, used) && used.addAll(some);
  }

  private static Set<UUID> ids(Commit commit) {
    return commit.parts().stream()
        .flatMap(part -> part.events().stream())
        .map(ProposedEvent::id)
        .collect(Collectors.toSet());
  }

  private <T> T pick(List<T> things) {
    return things.get(random.nextInt(things.size()));
  }

  private void tell(Supplier<String> what) {
    if (!witness.equals(NOBODY)) {
      witness.accept("turn %5d  %s".formatted(threads.turns(), what.get()));
    }
  }

  // ---- opening

  private LocalEventStore store() {
    return Objects.requireNonNull(store);
  }

  /// @param failuresMax how often the disk may fail before the store is open, or just behind
  private void open(int failuresMax) {
    for (var failures = 0; ; failures++) {
      calls = new YieldingDisk(disk);
      if (failures < failuresMax) {
        switch (random.nextInt(12)) {
          case 0, 1 -> disk.powerFailsAt(disk.operations() + 1 + random.nextInt(20));
          case 2 -> calls.failingAtCall(1 + random.nextInt(100));
          default -> {}
        }
      }
      var opened = open(calls);
      if (opened.isPresent()) {
        store = opened.get();
        tell(() -> "opened, the last position is %s".formatted(store().lastPosition()));
        referee.opened(store);
        return;
      }
      tell(() -> "the disk failed, and the store was not opened");
      disk = random.nextBoolean() ? disk.afterKill() : disk.afterPowerFailure();
    }
  }

  private Optional<LocalEventStore> open(YieldingDisk on) {
    var opened = new AtomicReference<LocalEventStore>();
    var refused = new AtomicReference<UnavailableException>();
    threads
        .newThread(() -> {
          try {
            opened.set(LocalEventStore.on(on, on, options, indexOptions()));
          } catch (UnavailableException e) {
            refused.set(e);
          }
        })
        .start();
    untilQuiet();
    if (refused.get() != null) {
      threads.requireAllEnded();
      if (!disk.isOff() && !on.hasFailed()) {
        throw new AssertionError("The disk is sound, and the store is not opened", refused.get());
      }
    }
    return Optional.ofNullable(opened.get());
  }

  private IndexOptions indexOptions() {
    return new IndexOptions(
        indexTableEvents,
        indexTableBytes,
        mergedSegments,
        KeyHash.STANDARD,
        false,
        false,
        Long.MAX_VALUE,
        Executors.newSingleThreadExecutor(threads));
  }

  // ---- living

  private void live(List<Step> steps) {
    open(3);
    ending = false;
    var end = pick(List.of(End.values()));
    var endsAt = threads.turns() + 1 + random.nextInt(100 * steps.size() + 1);
    if (end == End.POWER_FAILED) {
      disk.powerFailsAt(disk.operations() + 1 + random.nextInt(4 * steps.size() + 1));
    }
    switch (random.nextInt(8)) {
      case 0, 1 -> {
        var fault = pick(List.of(Fault.values()));
        disk.failing(fault, 1 + random.nextInt(steps.size() + 1));
      }
      case 2 -> calls.failingAtCall(1 + random.nextInt(10 * steps.size() + 1));
      default -> {}
    }
    tell(() -> "a life of %d steps, to be %s, with %s".formatted(steps.size(), end, disk));
    var callers = callers(steps);
    var followers = followers();
    callers.forEach(Thread::start);
    followers.forEach((follower, thread) -> thread.start());
    FaultyDisk after = null;
    while (threads.turn()) {
      referee.judge();
      if (threads.turns() == endsAt && end == End.KILLED) {
        tell(() -> "killed");
        after = disk.afterKill();
      } else if (threads.turns() == endsAt && end == End.CLOSED) {
        tell(() -> "closing");
        startClosing();
      }
    }
    threads.requireEnded(callers);
    if (!ending) {
      var all = store().lastPosition().orElseThrow() + 1;
      followers.keySet().forEach(follower -> follower.complete(all));
      after = end == End.POWER_FAILED ? disk.afterPowerFailure() : after;
      close();
    }
    threads.requireAllEnded();
    disk = after == null ? disk.afterKill() : after;
    disk.makeSpace();
    if (damages) {
      damageIndex();
    }
  }

  /// Takes files of the index away. A bit that is wrong is only for stores that forgot nothing: in
  /// others such a file is made again when the store is opened the next time.
  private void damageIndex() {
    disk.contents()
        .forEach((name, bytes) -> {
          if (name.endsWith(".index") && bytes.length > 0) {
            switch (random.nextInt(scavenges ? 2 : 3)) {
              case 0 -> disk.remove(name);
              case 2 -> disk.flip(name, random.nextInt(bytes.length), random.nextInt(8));
              default -> {}
            }
          }
        });
  }

  private List<Thread> callers(List<Step> steps) {
    var count = 1 + random.nextInt(6);
    var shares = new ArrayList<List<Step>>();
    for (var i = 0; i < count; i++) {
      shares.add(new ArrayList<>());
    }
    steps.forEach(step -> shares.get(random.nextInt(count)).add(step));
    var callers = new ArrayList<Thread>();
    for (var share : shares) {
      callers.add(caller(random -> call(share, random)));
    }
    callers.add(caller(this::appendAlone));
    if (scavenges) {
      callers.add(caller(this::scavenge));
    }
    if (copies) {
      callers.add(caller(this::copy));
    }
    return callers;
  }

  private Thread caller(Consumer<Random> work) {
    var its = new Random(random.nextLong());
    return threads.newThread(() -> work.accept(its));
  }

  private void call(List<Step> steps, Random random) {
    for (var step : steps) {
      if (ending) {
        return;
      }
      tell(step::toString);
      switch (step) {
        case Step.Append append -> write(append, random);
        case Step.WriteMetadata write -> write(asAppend(write, random), random);
        case Step.Delete(var stream, var expected) ->
            write(step, random, answer -> store().delete(stream, expected, answer));
        case Step.Tombstone(var stream, var expected) ->
            write(step, random, answer -> store().tombstone(stream, expected, answer));
        case Step.Advance(var time) -> clock.advance(time);
        default -> read(step, random);
      }
      if (random.nextBoolean()) {
        letOthersGo();
      }
    }
  }

  /// As the store does it, but for the id.
  private static Step.Append asAppend(Step.WriteMetadata step, Random random) {
    var event =
        new ProposedEvent(
            new UUID(random.nextLong(), random.nextLong()),
            RecordedEvent.METADATA_TYPE,
            ContentType.JSON,
            MetadataJson.encode(step.metadata()),
            new byte[0],
            List.of());
    return new Step.Append(
        Commit.of(
            List.of(
                new StreamAppend(step.stream().metastream(), step.expected(), List.of(event)))));
  }

  private void write(Step.Append step, Random random) {
    write(step, random, answer -> store().append(step.commit(), answer));
  }

  /// Hands something in, again and again while the queue is full, and mostly waits for the answer.
  private void write(Step step, Random random, Consumer<Answer> handIn) {
    var answer = new Answer(step);
    while (true) {
      try {
        handIn.accept(answer);
        break;
      } catch (UnavailableException e) {
        if (e.reason() != UnavailableException.Reason.TOO_BUSY) {
          return;
        }
        letOthersGo();
      } catch (LeftfoldException | IllegalArgumentException e) {
        referee.answered(step, Outcome.Refused.of(e));
        return;
      }
    }
    if (random.nextInt(4) > 0) {
      answer.await();
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // that others run is what it is for
  private static void letOthersGo() {
    Thread.yield();
  }

  /// What one caller is told.
  private final class Answer implements AppendCompletion {
    private final Step step;
    private final Thread caller = Thread.currentThread();
    private boolean given;

    Answer(Step step) {
      this.step = step;
    }

    @Override
    public void completed(AppendResult result) {
      give(
          new Outcome.Answered(
              step instanceof Step.Append ? result : (Object) result.position().orElseThrow()));
    }

    @Override
    public void failed(LeftfoldException reason) {
      give(Outcome.Refused.of(reason));
    }

    private void give(Outcome outcome) {
      tell(() -> "%s <- %s".formatted(step, outcome));
      referee.answered(step, outcome);
      given = true;
      LockSupport.unpark(caller);
    }

    void await() {
      while (!given) {
        LockSupport.park(this);
      }
    }
  }

  /// Appends to streams of its own, in the form that waits, also for room in the queue. They are
  /// streams of the system, which no condition sees.
  private void appendAlone(Random random) {
    for (var i = random.nextInt(6); i > 0 && !ending; i--) {
      var event = StoreRig.event(random).withId(new UUID(random.nextLong(), random.nextLong()));
      var stream = StreamName.of("$alone-" + random.nextInt(3));
      var step =
          new Step.Append(
              Commit.of(List.of(new StreamAppend(stream, ExpectedState.any(), List.of(event)))));
      referee.aboutToAppend(event.id(), step).answered(step.applyTo(store()));
    }
  }

  /// Reads, all at once or with time for others between one event and the next.
  private void read(Step step, Random random) {
    try {
      var look = referee.aboutToRead(step, scavenges);
      var slow = random.nextInt(3) == 0 && !(scavenges && seesWhatIsForgotten(step));
      look.gave(step.applyTo(slow ? new SlowReads(store()) : store()));
    } catch (UnavailableException closed) {
      // Nothing to compare.
    }
  }

  private static boolean seesWhatIsForgotten(Step step) {
    return !(step instanceof Step.Read(var stream, var options))
        || stream.isVirtual()
        || options.resolveLinks();
  }

  // ---- following

  private Map<Referee.Follower, Thread> followers() {
    var followers = new LinkedHashMap<Referee.Follower, Thread>();
    for (var i = random.nextInt(4); i > 0; i--) {
      var from = random.nextLong(store().lastPosition().orElseThrow() + 2);
      var filter = pick(FILTERS);
      var follower = referee.follows(filter, from);
      var options = from == 0 ? SubscribeOptions.fromBeginning() : SubscribeOptions.after(from - 1);
      followers.put(
          follower, caller(random -> follow(options.filteredBy(filter), follower, random)));
    }
    return followers;
  }

  private void follow(SubscribeOptions options, Referee.Follower follower, Random random) {
    var waits = random.nextBoolean();
    try (var subscription = store().subscribeToAll(options)) {
      while (true) {
        var message = waits ? Optional.of(subscription.next()) : subscription.poll();
        if (message.isEmpty()) {
          awaitAvailable(subscription);
        } else if (message.get() instanceof SubscriptionMessage.Event(var event)) {
          follower.tell(event.original());
        }
        if (random.nextInt(3) == 0) {
          letOthersGo();
        }
      }
    } catch (UnavailableException e) {
      // The store was closed, or a part of the index is damaged.
      if (e.reason() == UnavailableException.Reason.TOO_BUSY) {
        follower.gaveUp();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitAvailable(LocalSubscription subscription) {
    var caller = Thread.currentThread();
    var called = new AtomicBoolean();
    subscription.onAvailable(() -> {
      called.set(true);
      LockSupport.unpark(caller);
    });
    while (!called.get()) {
      LockSupport.park(subscription);
    }
  }

  // ---- scavenging and copying

  private void scavenge(Random random) {
    for (var i = random.nextInt(3); i > 0; i--) {
      pause(random);
      if (ending) {
        return;
      }
      try {
        var threshold = random.nextInt(3) == 0 ? random.nextInt(60) : 0;
        tell(() -> "scavenge");
        var scavenge = store().scavenge(ScavengeOptions.defaults().withThreshold(threshold));
        if (random.nextInt(5) == 0) {
          pause(random);
          scavenge.stop();
        }
        var ended = scavenge.await();
        tell(() -> "scavenged: " + ended);
      } catch (UnavailableException closed) {
        return;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void pause(Random random) {
    for (var i = random.nextInt(300); i > 0; i--) {
      letOthersGo();
    }
  }

  private void copy(Random random) {
    for (var i = random.nextInt(3); i > 0; i--) {
      pause(random);
      if (ending) {
        return;
      }
      if (random.nextInt(3) == 0) {
        copy.powerFailsAt(copy.operations() + 1 + random.nextInt(20));
      }
      try {
        tell(() -> "copy");
        copied = store().backup(new YieldingDisk(copy)).nextPosition();
        tell(() -> "copied up to %d".formatted(copied));
      } catch (IOException | UnavailableException e) {
        // One of the disks failed.
      }
      if (copy.isOff()) {
        copy = random.nextBoolean() ? copy.afterKill() : copy.afterPowerFailure();
      }
    }
  }

  private void checkCopy() {
    copy = copy.afterPowerFailure();
    if (copied > 0) {
      assertThat(StoreCheck.check(copy, StoreCheck.Progress.none()).damages()).isEmpty();
      var opened = open(new YieldingDisk(copy)).orElseThrow();
      referee.compareCopy(opened, copied);
      store = opened;
      close();
    }
  }

  // ---- ending

  private void startClosing() {
    ending = true;
    threads.newThread(store()::close).start();
  }

  private void close() {
    startClosing();
    untilQuiet();
    threads.requireAllEnded();
  }

  private void untilQuiet() {
    while (threads.turn()) {
      referee.judge();
    }
  }
}
