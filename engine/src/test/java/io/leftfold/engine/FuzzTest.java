// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.EventFilter;
import io.leftfold.api.EventRead;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.Tag;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.index.IndexOptions;
import io.leftfold.engine.index.KeyHash;
import io.leftfold.engine.log.LogRepair;
import io.leftfold.engine.log.LogRestore;
import io.leftfold.testkit.Mutations;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// Files that are almost those of the golden stores are read rightly or refused as declared, and
/// nothing that they hold is believed to be what it is not. Files whose checksums somebody made
/// right may say anything, and are no less refused in the way that is declared, and soon.
///
/// `-Dtests.seeds=<count>` tries more of them.
@ExtendWith(QuietEngine.class)
final class FuzzTest {

  private static final int SEGMENT_EVENTS = 8;
  private static final String SEGMENT = "segment-000000000000-000000000008.index";
  private static final List<String> LOG =
      List.of("v1/log/chunk-000000.log", "v1/log/chunk-000001.log", "v1/log/durable.mark");
  private static final List<String> SCAVENGED_LOG =
      List.of("v2/log/chunk-000000.1.log", "v2/log/chunk-000001.log", "v2/log/durable.mark");

  @Test
  void a_log_that_is_almost_right_is_read_rightly_or_refused() throws IOException {
    fuzzLog(LOG);
  }

  @Test
  void a_scavenged_log_that_is_almost_right_is_read_rightly_or_refused() throws IOException {
    fuzzLog(SCAVENGED_LOG);
  }

  private static void fuzzLog(List<String> files) throws IOException {
    var golden = contents(files);
    var right = events(golden);
    Seeds.each(
        250,
        seed -> {
          var random = new Random(seed);
          var almost = new HashMap<>(golden);
          var name = fileName(files.get(random.nextInt(files.size())));
          var mutated = Mutations.of(Objects.requireNonNull(golden.get(name)), random);
          almost.put(name, mutated);
          expectingRefusals(() -> StoreCheck.check(disk(almost), StoreCheck.Progress.none()));
          for (var options : List.of(options(), options().forReadingOnly())) {
            expectingRefusals(() -> {
              try (var store = open(disk(almost), options)) {
                read(store, right);
              }
            });
          }
        });
  }

  @Test
  void a_segment_that_is_almost_right_is_read_rightly_or_made_again() throws IOException {
    var golden = contents(LOG);
    var segment = ForgedFiles.golden("v2/index/" + SEGMENT);
    var right = events(golden);
    Seeds.each(
        250,
        seed -> {
          var random = new Random(seed);
          var mutated = Mutations.of(segment, random);
          var almost = new HashMap<>(golden);
          almost.put(SEGMENT, mutated);
          var disk = disk(almost);
          expectingRefusals(() -> StoreIndex.verify(disk, disk, StoreCheck.Progress.none()));
          try (var store = open(disk, options())) {
            for (var tries = 0; tries < 10 && !isRead(store, right); tries++) {}
          }
        });
  }

  @Test
  @Timeout(120)
  void a_forged_log_is_refused_as_damaged_or_read() throws IOException {
    fuzzForgedLog(LOG);
  }

  @Test
  @Timeout(120)
  void a_forged_scavenged_log_is_refused_as_damaged_or_read() throws IOException {
    fuzzForgedLog(SCAVENGED_LOG);
  }

  private static void fuzzForgedLog(List<String> files) throws IOException {
    var golden = contents(files);
    Seeds.each(
        120,
        seed -> {
          var random = new Random(seed);
          var name = fileName(files.get(random.nextInt(files.size())));
          var forged = new HashMap<>(golden);
          forged.put(name, forged(name, Objects.requireNonNull(golden.get(name)), random));
          expectingRefusals(() -> StoreCheck.check(disk(forged), StoreCheck.Progress.none()));
          for (var options : List.of(options(), options().forReadingOnly())) {
            expectingRefusals(() -> {
              try (var store = open(disk(forged), options)) {
                use(store);
              }
            });
          }
          expectingRefusals(() -> restore(disk(forged), random.nextLong(20)));
          expectingRefusals(() -> LogRepair.run(disk(forged), disk(golden)));
          expectingRefusals(() -> LogRepair.run(disk(golden), disk(forged)));
        });
  }

  @Test
  @Timeout(120)
  void a_forged_segment_is_read_or_made_again() throws IOException {
    var golden = contents(LOG);
    var segment = ForgedFiles.golden("v2/index/" + SEGMENT);
    Seeds.each(
        120,
        seed -> {
          var forged = new HashMap<>(golden);
          forged.put(SEGMENT, forged(SEGMENT, segment, new Random(seed)));
          expectingRefusals(
              () -> StoreIndex.verify(disk(forged), disk(forged), StoreCheck.Progress.none()));
          for (var options : List.of(options(), options().forReadingOnly())) {
            expectingRefusals(() -> {
              try (var store = open(disk(forged), options)) {
                use(store);
              }
            });
          }
        });
  }

  private static void restore(FaultyDisk disk, long lastPosition) throws IOException {
    try {
      LogRestore.run(disk, new FaultyDisk(1), lastPosition, _ -> {});
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("first commit of a store"); // all of which is behind
    }
  }

  private static byte[] forged(String name, byte[] golden, Random random) {
    return ForgedFiles.withRightChecksums(name, Mutations.of(golden, random));
  }

  /// All that a store can be asked for, one after the other, whatever becomes of each.
  private static void use(LocalEventStore store) throws Exception {
    expectingRefusals(() -> drain(store.readAll(ReadOptions.forwards())));
    expectingRefusals(() -> drain(store.readAll(ReadOptions.backwards().resolvingLinks())));
    expectingRefusals(() -> {
      for (var stream : store.streams(ListOptions.all())) {
        expectingRefusals(() -> drain(store.read(stream.name(), ReadOptions.forwards())));
        expectingRefusals(() -> drain(store.read(stream.name(), ReadOptions.backwards())));
        expectingRefusals(() ->
            store.append(stream.name(), ExpectedState.any(), ProposedEvent.json("Happened", "{}")));
      }
    });
    var category = new EventFilter.Category("account");
    expectingRefusals(() -> drain(store.readAll(ReadOptions.forwards().filteredBy(category))));
    var tagged = new EventFilter.Tagged(Set.of(Tag.of("customer:ann")));
    expectingRefusals(() -> drain(store.readAll(ReadOptions.forwards().filteredBy(tagged))));
    expectingRefusals(
        () -> drain(store.read(StreamName.ofStreams(), ReadOptions.forwards().resolvingLinks())));
    expectingRefusals(() -> store.counts(10));
    expectingRefusals(store::stats);
    expectingRefusals(() -> store.positionAt(Instant.parse("2026-07-17T15:00:00Z")));
    expectingRefusals(() -> store.backup(new FaultyDisk(1)));
    expectingRefusals(() -> {
      assertThat(store.scavenge(ScavengeOptions.defaults()).await().reason())
          .doesNotContain("IndexOutOf", "ArrayIndex", "NegativeArray", "NullPointer");
    });
  }

  private static void drain(EventRead read) {
    for (var refused = 0; refused < 3; ) {
      try {
        if (!read.iterator().hasNext()) {
          return;
        }
        read.iterator().next();
      } catch (CorruptLogException e) {
        refused++;
      }
    }
  }

  private static boolean isRead(LocalEventStore store, Map<Long, RecordedEvent> right) {
    try {
      read(store, right);
      return true;
    } catch (UnavailableException e) {
      return false;
    }
  }

  private static void read(LocalEventStore store, Map<Long, RecordedEvent> right) {
    check(store.readAll(ReadOptions.forwards()).events(), right);
    check(store.readAll(ReadOptions.backwards().resolvingLinks()).events(), right);
    for (var stream : store.streams(ListOptions.all()).stream().map(StreamSummary::name).toList()) {
      try {
        store.state(stream);
        check(store.read(stream, ReadOptions.forwards()).events(), right);
        check(store.read(stream, ReadOptions.backwards().limit(3)).events(), right);
        store.metadata(stream.isMetastream() ? stream.original() : stream);
      } catch (StreamTombstonedException tombstoned) {
        // So it is.
      }
    }
    var category = new EventFilter.Category("account");
    check(store.readAll(ReadOptions.forwards().filteredBy(category)).events(), right);
    var tagged = new EventFilter.Tagged(Set.of(Tag.of("red")));
    check(store.readAll(ReadOptions.forwards().filteredBy(tagged)).events(), right);
    store.read(StreamName.ofStreams(), ReadOptions.forwards().resolvingLinks()).events();
    store.counts(10);
    store.stats();
  }

  /// Whoever was given an event was given the right one.
  private static void check(List<RecordedEvent> events, Map<Long, RecordedEvent> right) {
    for (var event : events) {
      assertThat(event).isEqualTo(right.get(event.position()));
    }
  }

  /// What may fail, and in which way.
  @FunctionalInterface
  private interface Attempt {
    void make() throws Exception;
  }

  private static void expectingRefusals(Attempt attempt) throws Exception {
    try {
      attempt.make();
    } catch (LeftfoldException e) {
      assertThat(e)
          .isInstanceOfAny(
              CorruptLogException.class,
              UnavailableException.class,
              StreamTombstonedException.class);
    }
  }

  private static EngineOptions options() {
    return StoreRig.options(7, 4096);
  }

  private static LocalEventStore open(FaultyDisk disk, EngineOptions options) {
    return LocalEventStore.on(
        disk,
        disk,
        options,
        new IndexOptions(
            SEGMENT_EVENTS,
            4,
            KeyHash.STANDARD,
            options.readOnly(),
            false,
            Long.MAX_VALUE,
            Runnable::run));
  }

  private static Map<Long, RecordedEvent> events(Map<String, byte[]> files) {
    var events = new HashMap<Long, RecordedEvent>();
    try (var store = open(disk(files), options())) {
      store
          .readAll(ReadOptions.forwards())
          .events()
          .forEach(event -> events.put(event.position(), event));
    }
    return events;
  }

  private static FaultyDisk disk(Map<String, byte[]> files) {
    var disk = new FaultyDisk(7);
    files.forEach(disk::put);
    return disk;
  }

  private static Map<String, byte[]> contents(List<String> files) throws IOException {
    var contents = new HashMap<String, byte[]>();
    for (var file : files) {
      contents.put(fileName(file), ForgedFiles.golden(file));
    }
    return contents;
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
