// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.engine.disk.DirectoryDisk;
import io.leftfold.engine.index.IndexOptions;
import io.leftfold.engine.index.KeyHash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Readers on their own threads, while segments are written, merged, unmapped and deleted behind
/// the writer.
final class IndexThreadsTest {

  private static final int STREAMS = 40;
  private static final int COMMITS = 1000;
  private static final int READERS = 4;

  @TempDir Path directory;

  private LocalEventStore open() throws IOException {
    return LocalEventStore.on(
        DirectoryDisk.open(directory.resolve("log")),
        DirectoryDisk.open(directory.resolve("index")),
        EngineOptions.defaults().withDurability(Durability.OS),
        new IndexOptions(
            50,
            2,
            KeyHash.STANDARD,
            false,
            false,
            Long.MAX_VALUE,
            Executors.newSingleThreadExecutor()));
  }

  @Test
  void readers_see_a_whole_prefix_of_each_list_whatever_becomes_of_the_segments() throws Exception {
    var done = new AtomicBoolean();
    try (var store = open();
        var readers = Executors.newFixedThreadPool(READERS)) {
      var reading = new ArrayList<Future<Long>>();
      for (var reader = 0; reader < READERS; reader++) {
        var seed = reader;
        reading.add(readers.submit((Callable<Long>) () -> readUntil(done, store, seed)));
      }
      try {
        append(store);
      } finally {
        done.set(true);
      }
      for (var reads : reading) {
        assertThat(reads.get()).isPositive();
      }
      assertThat(store.indexState().segments()).isPositive();
      assertThat(store.indexState().failure()).isEmpty();
    }
    assertThat(StoreIndex.verify(directory, StoreCheck.Progress.none()).damages()).isEmpty();
    try (var store = LocalEventStore.open(directory)) {
      assertThat(store.lastPosition()).contains(3L * COMMITS);
      checkCategory(store, 0);
      for (var stream = 0; stream < STREAMS; stream++) {
        checkStream(store, stream);
      }
    }
  }

  private static void append(EventStore store) {
    for (var commit = 0; commit < COMMITS; commit++) {
      var parts = new ArrayList<StreamAppend>();
      for (var part = 0; part < 3; part++) {
        parts.add(
            StreamAppend.of(
                name((commit + part * 7) % STREAMS),
                ExpectedState.any(),
                ProposedEvent.json("Happened", "{}")));
      }
      store.append(parts);
    }
  }

  private static StreamName name(int stream) {
    return StreamName.of("stream-" + stream);
  }

  private static long readUntil(AtomicBoolean done, EventStore store, long seed) {
    var random = new Random(seed);
    var reads = 0L;
    var last = 0L;
    while (!done.get()) {
      switch (random.nextInt(3)) {
        case 0 -> checkStream(store, random.nextInt(STREAMS));
        case 1 -> last = checkCategory(store, last);
        default ->
            assertThat(store.streams(ListOptions.all().withPrefix("stream-1")))
                .extracting(summary -> summary.name().value())
                .isSorted();
      }
      assertThat(Thread.currentThread().isInterrupted()).as("nobody interrupts readers").isFalse();
      reads++;
    }
    return reads;
  }

  private static void checkStream(EventStore store, int stream) {
    var events = store.read(name(stream), ReadOptions.forwards()).events();
    assertThat(events)
        .extracting(RecordedEvent::revision)
        .isEqualTo(LongStream.range(0, events.size()).boxed().toList());
    assertThat(events).allMatch(event -> event.stream().equals(name(stream)));
  }

  /// All events but the genesis are of the category.
  private static long checkCategory(EventStore store, long from) {
    var options = ReadOptions.forwards().from(from).filteredBy(new EventFilter.Category("stream"));
    List<Long> positions =
        store.readAll(options).events().stream().map(RecordedEvent::position).toList();
    var first = Math.max(1, from);
    assertThat(positions)
        .isEqualTo(LongStream.range(first, first + positions.size()).boxed().toList());
    return positions.isEmpty() ? from : positions.getLast();
  }
}
