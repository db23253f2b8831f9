// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AppendResult;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.Tag;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.index.IndexOptions;
import io.leftfold.engine.index.KeyHash;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// Appends to stores that end badly, remembers what was acknowledged, and looks for it afterwards.
final class StoreRig {

  private static final int STREAMS = 6;
  private static final int TAGS = 4;

  private final Random random;
  private EngineOptions options;
  private IndexOptions indexOptions;
  private final List<Attempt> attempts = new ArrayList<>();

  /// A commit that was handed in, and what became of it.
  static final class Attempt {
    final List<StreamAppend> commit;
    volatile boolean acknowledged;
    volatile long position = -1;

    Attempt(List<StreamAppend> commit) {
      this.commit = commit;
    }

    List<UUID> ids() {
      return commit.stream()
          .flatMap(part -> part.events().stream())
          .map(ProposedEvent::id)
          .toList();
    }
  }

  StoreRig(long seed, long chunkBytesMax) {
    this.random = new Random(seed);
    this.options = options(seed, chunkBytesMax);
    this.indexOptions = IndexOptions.standard(IndexOptions.TABLE_EVENTS, false, Runnable::run);
  }

  /// With tables that are full after a few events, so that there are segments and merges.
  StoreRig withSmallIndex() {
    indexOptions = smallIndex(options.random().nextLong(), false);
    return this;
  }

  /// An index whose every step is done by the thread that writes.
  static IndexOptions smallIndex(long seed, boolean readOnly) {
    var random = new Random(seed);
    return indexOf(4 << random.nextInt(5), 2 + random.nextInt(3), readOnly);
  }

  /// An index of tables of so many events, whose every step is done by the thread that writes.
  static IndexOptions indexOf(int tableEvents, int mergedSegments) {
    return indexOf(tableEvents, mergedSegments, false);
  }

  private static IndexOptions indexOf(int tableEvents, int mergedSegments, boolean readOnly) {
    return new IndexOptions(
        tableEvents,
        mergedSegments,
        KeyHash.STANDARD,
        readOnly,
        false,
        Long.MAX_VALUE,
        Runnable::run);
  }

  /// Options that leave nothing to the time or to chance.
  static EngineOptions options(long seed, long chunkBytesMax) {
    return EngineOptions.defaults()
        .withChunkBytesMax(chunkBytesMax)
        .withClock(Clock.fixed(Instant.parse("2026-07-17T14:02:00Z"), ZoneOffset.UTC))
        .withRandom(new Random(~seed));
  }

  /// With a log that acknowledges before anything is durable.
  StoreRig withoutSync() {
    options = options.withDurability(Durability.OS);
    return this;
  }

  void forgetAcknowledgements() {
    attempts.forEach(attempt -> attempt.acknowledged = false);
  }

  LocalEventStore open(Disk disk) {
    return open(disk, disk);
  }

  /// Opens a store whose index has a disk of its own.
  LocalEventStore open(Disk log, Disk index) {
    return LocalEventStore.on(log, index, options, indexOptions);
  }

  /// Opens the store and appends bursts of commits that share batches, until the disk fails.
  void appendBursts(Disk disk, int bursts) {
    try (var store = open(disk)) {
      for (var i = 0; i < bursts; i++) {
        if (!appendBurst(store, 1 + random.nextInt(5))) {
          return;
        }
      }
    } catch (LeftfoldException opening) {
      // The disk failed before there was a store.
    }
  }

  /// Appends some commits at once, and waits for all.
  ///
  /// @return whether all were acknowledged
  boolean appendBurst(LocalEventStore store, int commits) {
    var waiting = new CountDownLatch(commits);
    var refused = new AtomicInteger();
    for (var i = 0; i < commits; i++) {
      var attempt = new Attempt(commit());
      attempts.add(attempt);
      store.append(
          attempt.commit,
          new AppendCompletion() {
            @Override
            public void completed(AppendResult result) {
              attempt.position = result.position().orElseThrow();
              attempt.acknowledged = true;
              waiting.countDown();
            }

            @Override
            public void failed(LeftfoldException reason) {
              refused.incrementAndGet();
              waiting.countDown();
            }
          });
    }
    try {
      waiting.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return refused.get() == 0;
  }

  private List<StreamAppend> commit() {
    var first = random.nextInt(STREAMS);
    var streams = random.nextInt(3) == 0 ? 2 : 1;
    var commit = new ArrayList<StreamAppend>();
    for (var i = 0; i < streams; i++) {
      var events = new ArrayList<ProposedEvent>();
      for (var n = 1 + random.nextInt(3); n > 0; n--) {
        events.add(event(random));
      }
      commit.add(
          new StreamAppend(
              StreamName.of("account-" + (first + i) % STREAMS), ExpectedState.any(), events));
    }
    return commit;
  }

  /// The files of the index on a disk.
  static List<String> segments(FaultyDisk disk) {
    return disk.contents().keySet().stream().filter(name -> name.endsWith(".index")).toList();
  }

  /// What was proposed when an event was recorded.
  static ProposedEvent proposed(RecordedEvent event) {
    return new ProposedEvent(
        event.id(),
        event.type(),
        event.contentType(),
        event.data(),
        event.metadata(),
        event.tags());
  }

  static ProposedEvent event(Random random) {
    var data = new byte[random.nextInt(600)];
    random.nextBytes(data);
    return ProposedEvent.binary("Paid", data)
        .withId(new UUID(random.nextLong() | 1, random.nextLong()))
        .withMetadata("{\"n\":%d}".formatted(random.nextInt(1000)))
        .withTags(Tag.of("tag:" + random.nextInt(TAGS)));
  }

  /// Opens the store and looks: every acknowledged commit is there, where it was said to be; of the
  /// others each is there whole or not at all; each event once; revisions and positions count up.
  /// What was not there is forgotten, what was is acknowledged.
  void check(Disk disk) {
    try (var store = open(disk)) {
      check(store);
    }
    var report = StoreCheck.check(disk, StoreCheck.Progress.none());
    assertThat(report.damages()).isEmpty();
  }

  /// As [#check(LocalEventStore)], asking again when a part of the index is made again meanwhile.
  void checkRepeating(LocalEventStore store) {
    for (var tries = 0; tries < 100; tries++) {
      try {
        check(store);
        return;
      } catch (UnavailableException e) {
        assertThat(e.reason()).isEqualTo(UnavailableException.Reason.TOO_BUSY);
      }
    }
    throw new AssertionError("The index stays damaged");
  }

  void check(LocalEventStore store) {
    var all = store.readAll(ReadOptions.forwards()).events();
    var places = new HashMap<UUID, RecordedEvent>();
    var revisions = new HashMap<StreamName, Long>();
    var position = 0L;
    for (var event : all) {
      assertThat(event.position()).isEqualTo(position++);
      assertThat(places.put(event.id(), event)).as("%s is there twice", event).isNull();
      assertThat(event.revision())
          .as("revision of %s", event)
          .isEqualTo(revisions.merge(event.stream(), 0L, (last, _) -> last + 1));
    }
    assertThat(store.lastPosition()).contains(position - 1);
    attempts.removeIf(attempt -> !isThere(attempt, places));
    var found = attempts.stream().mapToInt(attempt -> attempt.ids().size()).sum();
    assertThat(found).as("events besides the first").isEqualTo(all.size() - 1);
    revisions.forEach((stream, last) ->
        assertThat(store.read(stream, ReadOptions.forwards()).events()).hasSize((int) (last + 1)));
    checkIndex(store, all);
  }

  /// The index finds what all events, looked at one by one, say.
  private static void checkIndex(LocalEventStore store, List<RecordedEvent> all) {
    for (var i = 0; i < TAGS; i++) {
      var tag = Tag.of("tag:" + i);
      assertThat(
              store
                  .readAll(ReadOptions.forwards().filteredBy(new EventFilter.Tagged(Set.of(tag))))
                  .events())
          .isEqualTo(all.stream().filter(event -> event.tags().contains(tag)).toList());
    }
    assertThat(
            store
                .readAll(ReadOptions.forwards().filteredBy(new EventFilter.Category("account")))
                .events())
        .isEqualTo(
            all.stream().filter(event -> event.stream().value().startsWith("account-")).toList());
    assertThat(store.streams(ListOptions.all()).stream().map(StreamSummary::name))
        .isEqualTo(all.stream().map(RecordedEvent::stream).distinct().sorted().toList());
    assertThat(store.stats().streams())
        .isEqualTo(all.stream().map(RecordedEvent::stream).distinct().count());
    assertThat(store.stats().tags())
        .isEqualTo(all.stream().flatMap(event -> event.tags().stream()).distinct().count());
  }

  private static boolean isThere(Attempt attempt, Map<UUID, RecordedEvent> places) {
    var events = attempt.ids().stream().map(places::get).toList();
    var first = events.getFirst();
    if (first == null) {
      assertThat(events).as("a commit that is half there").containsOnlyNulls();
      assertThat(attempt.acknowledged).as("an acknowledged commit is lost").isFalse();
      return false;
    }
    var position = first.position();
    var proposed = attempt.commit.stream().flatMap(part -> part.events().stream()).toList();
    for (var i = 0; i < events.size(); i++) {
      var event = events.get(i);
      assertThat(event).as("a commit that is half there").isNotNull();
      assertThat(event.position()).isEqualTo(position + i);
      assertThat(event.data()).isEqualTo(proposed.get(i).data());
      assertThat(event.metadata()).isEqualTo(proposed.get(i).metadata());
      assertThat(event.tags()).isEqualTo(proposed.get(i).tags());
    }
    var last = position + events.size() - 1;
    assertThat(attempt.position).isIn(-1L, last);
    attempt.acknowledged = true;
    attempt.position = last;
    return true;
  }

  int acknowledged() {
    return (int) attempts.stream().filter(attempt -> attempt.acknowledged).count();
  }
}
