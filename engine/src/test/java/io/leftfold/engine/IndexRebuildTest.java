// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.Tag;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.disk.DiskFile;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.disk.FaultyDisk.Fault;
import io.leftfold.engine.index.IndexOptions;
import io.leftfold.engine.index.KeyHash;
import io.leftfold.testkit.ModelComparison;
import io.leftfold.testkit.Steps;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is answered and what refused while an index is made in the background, and what becomes of
/// it when something goes wrong on the way.
@ExtendWith(QuietEngine.class)
final class IndexRebuildTest {

  private static final StreamName STREAM = StreamName.of("account-1");
  private static final int TABLE_EVENTS = 8;
  private static final int EVENTS_A_COMMIT = 1000;
  private static final int COMMITS = 150;

  /// Does the work of the indexer when the test says so.
  private static final class Held implements Executor {
    private final ArrayDeque<Runnable> work = new ArrayDeque<>();
    private volatile boolean released;

    @Override
    public void execute(Runnable task) {
      if (released) {
        task.run();
      } else {
        work.add(task);
      }
    }

    /// Holds nothing any more: what a writer may wait for is done by itself.
    void release() {
      released = true;
      doAll();
    }

    void doAll() {
      for (var task = work.poll(); task != null; task = work.poll()) {
        task.run();
      }
    }
  }

  private static IndexOptions inBackground(Executor executor) {
    return new IndexOptions(TABLE_EVENTS, 3, KeyHash.STANDARD, false, false, 0, executor);
  }

  private static LocalEventStore open(FaultyDisk disk, long seed, Executor executor) {
    return open(disk, disk, seed, executor);
  }

  private static LocalEventStore open(
      FaultyDisk log, FaultyDisk index, long seed, Executor executor) {
    return LocalEventStore.on(log, index, StoreRig.options(seed, 64 << 10), inBackground(executor));
  }

  private static void loseIndex(FaultyDisk disk) {
    StoreRig.segments(disk).forEach(disk::remove);
  }

  /// A store with some events whose index is gone.
  private static FaultyDisk withoutIndex(long seed, StoreRig rig) {
    var disk = new FaultyDisk(seed);
    rig.appendBursts(disk, 25);
    loseIndex(disk);
    return disk;
  }

  // ---- what is answered

  private record Filtered(EventFilter filter, Predicate<RecordedEvent> wanted) {}

  private static final List<Filtered> FILTERS =
      List.of(
          new Filtered(
              new EventFilter.Category("account"),
              event -> event.stream().value().startsWith("account-")),
          new Filtered(new EventFilter.Types(Set.of("Paid")), event -> event.type().equals("Paid")),
          new Filtered(
              new EventFilter.Tagged(Set.of(Tag.of("tag:1"))),
              event -> event.tags().contains(Tag.of("tag:1"))),
          new Filtered(
              new EventFilter.StreamPrefix(List.of("account-1")),
              event -> event.stream().equals(STREAM)),
          new Filtered(
              new EventFilter.StreamRegex("[24]$"),
              event -> event.stream().value().matches(".*[24]")),
          new Filtered(
              new EventFilter.TypePrefix(List.of("$")), event -> event.type().startsWith("$")),
          new Filtered(
              new EventFilter.TypeRegex("^(?!\\$).*"), event -> !event.type().startsWith("$")));

  private static void checkAnswered(LocalEventStore store) {
    var all = store.readAll(ReadOptions.forwards()).events();
    var end = store.lastPosition().orElseThrow() + 1;
    assertThat(all).hasSize((int) end);
    assertThat(store.readAll(ReadOptions.backwards()).events()).isEqualTo(all.reversed());
    assertThat(store.readAll(ReadOptions.forwards().from(5).limit(3)).events())
        .isEqualTo(all.subList(5, 8));
    assertThat(store.positionAt(Instant.EPOCH)).isZero();
    assertThat(store.stats().events()).isEqualTo(end);
    for (var filtered : FILTERS) {
      var wanted = all.stream().filter(filtered.wanted).toList();
      var options = ReadOptions.forwards().filteredBy(filtered.filter);
      assertThat(store.readAll(options).events()).isEqualTo(wanted);
      assertThat(
              store.readAll(ReadOptions.backwards().filteredBy(filtered.filter).limit(2)).events())
          .isEqualTo(wanted.reversed().stream().limit(2).toList());
      assertThat(
              taken(
                  store.subscribeToAll(
                      SubscribeOptions.fromBeginning().filteredBy(filtered.filter))))
          .isEqualTo(wanted);
    }
    assertThat(store.read(Query.of(Query.tagged(Tag.of("tag:2"))), ReadOptions.forwards()).events())
        .isEqualTo(all.stream().filter(event -> event.tags().contains(Tag.of("tag:2"))).toList());
    assertThat(taken(store.subscribeToAll(SubscribeOptions.fromBeginning()))).isEqualTo(all);
  }

  /// What a subscription gives until it has caught up.
  private static List<RecordedEvent> taken(Subscription subscription) {
    var events = new ArrayList<RecordedEvent>();
    while (true) {
      switch (next(subscription)) {
        case SubscriptionMessage.Event(var event) -> events.add(event.event().orElseThrow());
        case SubscriptionMessage.CaughtUp _ -> {
          return events;
        }
        case SubscriptionMessage.FellBehind _, SubscriptionMessage.Checkpoint _ -> {}
      }
    }
  }

  private static SubscriptionMessage next(Subscription subscription) {
    try {
      return subscription.poll(Duration.ofSeconds(20)).orElseThrow();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- what is refused

  private static List<ThrowingCallable> needingTheIndex(LocalEventStore store) {
    var event = ProposedEvent.binary("Paid", new byte[1]);
    var commit = List.of(new StreamAppend(STREAM, ExpectedState.any(), List.of(event)));
    var links = SubscribeOptions.fromBeginning().resolvingLinks();
    var forwards = ReadOptions.forwards();
    return List.of(
        () -> store.read(STREAM, forwards),
        () -> store.read(StreamName.of("nowhere"), forwards),
        () -> store.read(StreamName.of("$ce-account"), forwards),
        () -> store.read(StreamName.of("$et-$>"), forwards),
        () -> store.read(StreamName.of("$streams"), forwards),
        () -> store.readAll(forwards.resolvingLinks()),
        () -> store.state(STREAM),
        () -> store.metadata(STREAM),
        () -> store.streams(ListOptions.all()),
        () -> store.counts(10),
        () -> store.trackingPosition("elsewhere"),
        () -> store.subscribe(STREAM, SubscribeOptions.fromBeginning()),
        () -> store.subscribe(STREAM, SubscribeOptions.fromEnd()),
        () -> store.subscribe(StreamName.of("$ce-account"), SubscribeOptions.fromEnd()),
        () -> store.subscribeToAll(links),
        () -> store.append(commit),
        () -> store.append(Commit.of(commit), new Unanswered()),
        () -> store.delete(STREAM, ExpectedState.any()),
        () -> store.tombstone(STREAM, ExpectedState.any()),
        () -> store.delete(STREAM, ExpectedState.any(), new Unanswered()),
        () -> store.writeMetadata(STREAM, ExpectedState.any(), StreamMetadata.none()),
        () -> store.scavenge(ScavengeOptions.defaults()),
        () -> store.scavenge(ScavengeOptions.defaults().asDryRun()));
  }

  /// Refused before it was taken, so nobody answers.
  private static final class Unanswered implements AppendCompletion {
    @Override
    public void completed(AppendResult result) {
      throw new AssertionError("Taken: " + result);
    }

    @Override
    public void failed(LeftfoldException reason) {
      throw new AssertionError("Taken", reason);
    }
  }

  private static void checkRefused(LocalEventStore store) {
    for (var question : needingTheIndex(store)) {
      assertThatThrownBy(question)
          .isInstanceOfSatisfying(
              UnavailableException.class,
              refusal ->
                  assertThat(refusal.reason()).isEqualTo(UnavailableException.Reason.INDEXING));
    }
  }

  @Test
  void while_it_is_made_everything_is_read_and_the_rest_is_refused_with_how_far_it_is() {
    Seeds.each(
        5,
        seed -> {
          var rig = new StoreRig(seed, 64 << 10);
          var disk = withoutIndex(seed, rig);
          var indexer = new Held();
          try (var store = open(disk, seed, indexer)) {
            var events = store.lastPosition().orElseThrow() + 1;
            assertThat(store.indexProgress())
                .isEqualTo(
                    new IndexProgress(IndexProgress.State.BEING_MADE, 0, events, Optional.empty()));
            assertThat(store.whenIndexed().toCompletableFuture()).isNotDone();
            checkAnswered(store);
            checkRefused(store);
            assertThatThrownBy(() -> store.state(STREAM))
                .hasMessageContaining("0 of %,d events are indexed", events)
                .hasMessageContaining("try again later");
            assertThat(store.backup(new FaultyDisk(1)).nextPosition()).isEqualTo(events);

            indexer.release();

            assertThat(store.indexProgress().state()).isEqualTo(IndexProgress.State.WHOLE);
            assertThat(store.indexProgress().indexed()).isEqualTo(events);
            assertThat(store.whenIndexed().toCompletableFuture()).isCompleted();
            checkAnswered(store);
            rig.check(store);
            assertThat(rig.appendBurst(store, 20)).isTrue();
            indexer.release();
            rig.check(store);
          }
          rig.check(disk);
        });
  }

  @Test
  void what_was_begun_without_an_index_goes_on_along_it() {
    Seeds.each(
        3,
        seed -> {
          var rig = new StoreRig(seed, 64 << 10);
          var disk = withoutIndex(seed, rig);
          for (var filtered : FILTERS) {
            loseIndex(disk);
            var indexer = new Held();
            try (var store = open(disk, seed, indexer)) {
              goOn(store, filtered, rig, indexer);
            }
          }
        });
  }

  private static void goOn(LocalEventStore store, Filtered filtered, StoreRig rig, Held indexer) {
    var wanted =
        store.readAll(ReadOptions.forwards()).events().stream().filter(filtered.wanted).toList();
    var options = ReadOptions.forwards().filteredBy(filtered.filter);
    var following = SubscribeOptions.fromBeginning().filteredBy(filtered.filter);
    try (var subscription = store.subscribeToAll(following);
        var read = store.readAll(options)) {
      var events = new ArrayList<RecordedEvent>();
      var iterator = read.iterator();
      events.add(iterator.next().original());
      assertThat(next(subscription))
          .isInstanceOfSatisfying(
              SubscriptionMessage.Event.class,
              first -> assertThat(first.event().original()).isEqualTo(wanted.getFirst()));

      indexer.release();

      iterator.forEachRemaining(event -> events.add(event.original()));
      assertThat(events).isEqualTo(wanted);
      assertThat(taken(subscription)).isEqualTo(wanted.subList(1, wanted.size()));
      assertThat(rig.appendBurst(store, 20)).isTrue();
      var newer = store.readAll(options.from(wanted.getLast().position() + 1)).events();
      for (var event : newer) {
        assertThat(next(subscription))
            .isInstanceOfSatisfying(
                SubscriptionMessage.Event.class,
                message -> assertThat(message.event().original()).isEqualTo(event));
      }
    }
  }

  @Test
  void a_store_that_lacks_no_more_than_opening_may_index_answers_at_once() {
    var rig = new StoreRig(1, 64 << 10);
    var disk = withoutIndex(1, rig);
    long events;
    try (var store = open(disk, 1, Runnable::run)) {
      events = store.lastPosition().orElseThrow() + 1;
    }
    loseIndex(disk);
    var options = StoreRig.options(1, 64 << 10);
    try (var store =
        LocalEventStore.on(
            disk, disk, options, inBackground(new Held()).withAtOpeningMax(events - 1))) {
      checkRefused(store);
    }
    var indexer = new Held();
    try (var store =
        LocalEventStore.on(
            disk, disk, options, inBackground(Runnable::run).withAtOpeningMax(events))) {
      assertThat(store.indexProgress().state()).isEqualTo(IndexProgress.State.WHOLE);
      rig.check(store);
    }
    loseIndex(disk);
    try (var store = LocalEventStore.on(disk, options.forReadingOnly())) {
      rig.check(store);
    }
    try (var store = open(new FaultyDisk(2), 2, indexer)) {
      assertThat(store.indexProgress().state()).isEqualTo(IndexProgress.State.WHOLE);
    }
  }

  // ---- what goes wrong on the way

  /// How far it came, and what is left of its disk.
  private record Crashed(long indexed, long operations, FaultyDisk index) {}

  private static Crashed crashAt(int step, FaultyDisk log, long seed) {
    var index = new FaultyDisk(seed * 1000 + step).powerFailsAt(step);
    long indexed;
    try (var store = open(log, index, seed, Runnable::run)) {
      checkAnswered(store);
      indexed = store.indexProgress().indexed();
      if (store.indexProgress().state() != IndexProgress.State.WHOLE) {
        assertThatThrownBy(() -> store.state(STREAM)).isInstanceOf(UnavailableException.class);
      }
    } catch (UnavailableException opening) {
      indexed = 0;
    }
    return new Crashed(
        indexed, index.operations(), step % 2 == 0 ? index.afterKill() : index.afterPowerFailure());
  }

  @Test
  void a_crash_at_each_single_step_leaves_what_was_written_and_it_goes_on_there() {
    Seeds.each(
        1,
        seed -> {
          var rig = new StoreRig(seed, 64 << 10);
          var log = withoutIndex(seed, rig);
          var operations = crashAt(Integer.MAX_VALUE, log, seed).operations;
          assertThat(operations).isGreaterThan(100);
          for (var step = 1; step <= operations; step++) {
            var crashed = crashAt(step, log, seed);
            var indexer = new Held();
            try (var store = open(log, crashed.index, seed, indexer)) {
              var kept = store.indexProgress().indexed();
              // What the table in memory had is not kept.
              assertThat(kept).isGreaterThanOrEqualTo(crashed.indexed - TABLE_EVENTS);
              indexer.release();
              rig.check(store);
            }
            assertThat(StoreIndex.verify(log, crashed.index, StoreCheck.Progress.none()).damages())
                .isEmpty();
          }
        });
  }

  @Test
  void gaps_between_segments_are_filled_and_nothing_is_merged_over_them() {
    Seeds.each(
        40,
        seed -> {
          var random = new Random(seed);
          var rig = new StoreRig(seed, 64 << 10);
          var disk = withoutIndex(seed, rig);
          var options =
              new IndexOptions(
                  TABLE_EVENTS, 1000, KeyHash.STANDARD, false, false, 0, Runnable::run);
          LocalEventStore.on(disk, disk, StoreRig.options(seed, 64 << 10), options).close();
          StoreRig.segments(disk)
              .forEach(name -> {
                if (random.nextInt(4) == 0) {
                  disk.remove(name);
                }
              });
          try (var store = open(disk, seed, Runnable::run)) {
            assertThat(store.indexProgress().state()).isEqualTo(IndexProgress.State.WHOLE);
            rig.check(store);
          }
          assertThat(StoreIndex.verify(disk, disk, StoreCheck.Progress.none()).damages()).isEmpty();
          rig.check(disk);
        });
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "RESIZE_FAILS")
  void what_cannot_be_written_is_tried_again_when_somebody_asks(Fault fault) {
    Seeds.each(
        4,
        seed -> {
          var rig = new StoreRig(seed, 64 << 10);
          var log = withoutIndex(seed, rig);
          var index = new FaultyDisk(~seed).failing(fault, 1 + new Random(seed).nextInt(6));
          var indexer = new Held();
          try (var store = open(log, index, seed, indexer)) {
            indexer.doAll();
            assertThat(index.struck()).isTrue();
            assertThat(store.indexProgress().state()).isEqualTo(IndexProgress.State.BEING_MADE);
            assertThat(store.indexProgress().failure()).isPresent();
            checkAnswered(store);
            checkRefused(store);
            assertThatThrownBy(() -> store.state(STREAM))
                .hasMessageContaining("the last attempt to go on failed");
            index.makeSpace();
            indexer.release();
            assertThat(store.indexProgress().state()).isEqualTo(IndexProgress.State.WHOLE);
            assertThat(store.indexProgress().failure()).isEmpty();
            rig.check(store);
          }
        });
  }

  /// Opening itself reads the last ids, so the damage lies further back than those.
  @Test
  void over_a_damaged_log_it_is_not_made_and_everybody_is_told_of_the_damage() {
    var disk = new FaultyDisk(1);
    var options = StoreRig.options(1, 1 << 20).withDurability(Durability.OS);
    try (var store = LocalEventStore.on(disk, options)) {
      for (var i = 0; i < COMMITS; i++) {
        store.append(List.of(new StreamAppend(STREAM, ExpectedState.any(), events(i))));
      }
    }
    loseIndex(disk);
    var chunk = disk.contents().keySet().stream().sorted().findFirst().orElseThrow();
    disk.flip(chunk, 400_000, 3);
    var indexer = new Held();
    var indexOptions = new IndexOptions(2000, 3, KeyHash.STANDARD, false, false, 0, indexer);
    try (var store = LocalEventStore.on(disk, disk, options, indexOptions)) {
      checkRefused(store);

      indexer.release();

      var progress = store.indexProgress();
      assertThat(progress.state()).isEqualTo(IndexProgress.State.NOT_TO_BE_MADE);
      assertThat(progress.failure().orElseThrow()).contains(chunk);
      assertThat(progress.indexed()).isGreaterThan(0);
      assertThat(store.whenIndexed().toCompletableFuture()).isCompletedExceptionally();
      for (var question : needingTheIndex(store)) {
        assertThatThrownBy(question)
            .isInstanceOf(CorruptLogException.class)
            .hasMessageContaining(chunk);
      }
      var position = new AtomicLong();
      var read = store.readAll(ReadOptions.forwards()).iterator();
      assertThatThrownBy(() ->
              read.forEachRemaining(event ->
                  assertThat(event.original().position()).isEqualTo(position.getAndIncrement())))
          .isInstanceOf(CorruptLogException.class);
      assertThat(position.get()).isGreaterThanOrEqualTo(progress.indexed());
    }
  }

  private static List<ProposedEvent> events(int commit) {
    var event = ProposedEvent.binary("Paid", new byte[1]);
    return IntStream.range(0, EVENTS_A_COMMIT)
        .mapToObj(i -> event.withId(new UUID(commit, i + 1)))
        .toList();
  }

  @Test
  void closing_the_store_ends_it_and_what_was_written_is_kept() throws Exception {
    var rig = new StoreRig(1, 64 << 10);
    var log = withoutIndex(1, rig);
    var index = new GatedDisk(new FaultyDisk(2), 4);
    try (var indexer = Executors.newSingleThreadExecutor()) {
      var store =
          LocalEventStore.on(log, index, StoreRig.options(1, 64 << 10), inBackground(indexer));
      index.reached.await();
      var closing = new Thread(store::close);
      closing.start();
      while (!isWaitingForIndexer(closing)) {
        Thread.onSpinWait();
      }
      index.open.countDown();
      closing.join();

      assertThat(store.whenIndexed().toCompletableFuture()).isCompletedExceptionally();
      assertThatThrownBy(() -> store.state(STREAM))
          .isInstanceOfSatisfying(
              UnavailableException.class,
              closed -> assertThat(closed.reason()).isEqualTo(UnavailableException.Reason.CLOSED));
    }
    var rest = new Held();
    try (var store = open(log, index.disk, 1, rest)) {
      assertThat(store.indexProgress().indexed())
          .isGreaterThanOrEqualTo(3 * TABLE_EVENTS)
          .isLessThanOrEqualTo(4 * TABLE_EVENTS);
      rest.release();
      rig.check(store);
    }
  }

  private static boolean isWaitingForIndexer(Thread closing) {
    return closing.getState() == Thread.State.WAITING
        && Arrays.stream(closing.getStackTrace())
            .anyMatch(frame -> frame.getClassName().endsWith(".Indexer"));
  }

  /// A disk on which one file waits to be created.
  private static final class GatedDisk implements Disk {
    private final FaultyDisk disk;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    private int creationsLeft;

    GatedDisk(FaultyDisk disk, int creations) {
      this.disk = disk;
      this.creationsLeft = creations;
    }

    @Override
    public DiskFile create(String name, long bytes) throws IOException {
      if (--creationsLeft == 0) {
        reached.countDown();
        try {
          open.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      return disk.create(name, bytes);
    }

    @Override
    public List<String> list() throws IOException {
      return disk.list();
    }

    @Override
    public DiskFile open(String name) throws IOException {
      return disk.open(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
      disk.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
      disk.delete(name);
    }

    @Override
    public void syncDirectory() throws IOException {
      disk.syncDirectory();
    }

    @Override
    public String describe(String name) {
      return disk.describe(name);
    }

    @Override
    public void close() {
      disk.close();
    }
  }

  // ---- with threads, and beside the model

  @Test
  void readers_get_the_same_before_while_and_after_it_becomes_whole() {
    Seeds.each(
        10,
        seed -> {
          var rig = new StoreRig(seed, 64 << 10);
          var disk = withoutIndex(seed, rig);
          try (var indexer = Executors.newSingleThreadExecutor();
              var store = open(disk, seed, indexer)) {
            do {
              checkAnswered(store);
            } while (store.indexProgress().state() == IndexProgress.State.BEING_MADE);
            checkAnswered(store);
            rig.check(store);
          }
        });
  }

  @Test
  void a_store_whose_index_was_made_in_the_background_answers_as_the_model_does() {
    Seeds.each(
        20,
        seed -> {
          var steps = Steps.from(seed).take(120);
          ModelComparison.run(seed, steps, clock -> new LosingIndex(seed, clock));
        });
  }

  /// Loses its index, or parts of it, whenever it is opened again.
  private static final class LosingIndex implements ModelComparison.Candidate {
    private final Random random;
    private final EngineOptions options;
    private final FaultyDisk disk;
    private LocalEventStore store;

    LosingIndex(long seed, Clock clock) {
      this.random = new Random(seed);
      this.options = StoreRig.options(seed, 4096L << random.nextInt(4)).withClock(clock);
      this.disk = new FaultyDisk(seed);
      this.store = open();
    }

    private LocalEventStore open() {
      return LocalEventStore.on(disk, disk, options, inBackground(Runnable::run));
    }

    @Override
    public EventStore store() {
      return store;
    }

    @Override
    public void reopen() {
      store.close();
      var lost = 1 + random.nextInt(3);
      for (var name : StoreRig.segments(disk)) {
        if (random.nextInt(3) < lost) {
          disk.remove(name);
        }
      }
      store = open();
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
