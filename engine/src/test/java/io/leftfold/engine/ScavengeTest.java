// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.Tag;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.ScavengeProgress.Outcome;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.index.IndexOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What a scavenge forgets, what it keeps, and who goes on meanwhile.
@ExtendWith(QuietEngine.class)
final class ScavengeTest {

  private static final long CHUNK_BYTES = 4096;
  private static final StreamName LIVE = StreamName.of("account-live");
  private static final StreamName COUNTED = StreamName.of("account-counted");
  private static final StreamName DELETED = StreamName.of("account-deleted");
  private static final StreamName TOMBSTONED = StreamName.of("account-tombstoned");
  private static final StreamName FILLER = StreamName.of("filler");
  private static final StreamName CATEGORY = StreamName.of("$ce-account");

  @TempDir Path directory;

  private static EngineOptions options() {
    return StoreRig.options(1, CHUNK_BYTES);
  }

  private static LocalEventStore open(FaultyDisk disk) {
    return LocalEventStore.on(disk, options());
  }

  private static LocalEventStore open(FaultyDisk disk, IndexOptions index) {
    return LocalEventStore.on(disk, disk, options(), index);
  }

  private static ProposedEvent paid(int n) {
    return ProposedEvent.json("Paid", "{\"secret\":\"s-%d\"}".formatted(n))
        .withTags(Tag.of("customer:ann"));
  }

  /// Five events in each stream, some of which nobody sees any more, and all of it in sealed
  /// chunks.
  private static void fill(LocalEventStore store) {
    for (var i = 0; i < 5; i++) {
      for (var stream : List.of(LIVE, COUNTED, DELETED, TOMBSTONED)) {
        store.append(stream, ExpectedState.any(), paid(i));
      }
    }
    store.writeMetadata(COUNTED, ExpectedState.any(), StreamMetadata.none().withMaxCount(2));
    store.delete(DELETED, ExpectedState.any());
    store.tombstone(TOMBSTONED, ExpectedState.any());
    seal(store);
  }

  private static void seal(LocalEventStore store) {
    var chunks = store.stats().chunks();
    while (store.stats().chunks() == chunks) {
      store.append(FILLER, ExpectedState.any(), ProposedEvent.binary("Filled", new byte[1000]));
    }
  }

  private static ScavengeProgress scavenge(LocalEventStore store) {
    return ended(store.scavenge(ScavengeOptions.defaults()));
  }

  private static ScavengeProgress ended(LocalScavenge scavenge) {
    try {
      return scavenge.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Long> revisions(LocalEventStore store, StreamName stream) {
    return store.read(stream, ReadOptions.forwards()).events().stream()
        .map(RecordedEvent::revision)
        .toList();
  }

  private static List<RecordedEvent> all(LocalEventStore store) {
    return store.readAll(ReadOptions.forwards()).events();
  }

  private static long eventsOf(LocalEventStore store, StreamName stream) {
    return all(store).stream().filter(event -> event.stream().equals(stream)).count();
  }

  @Test
  void what_is_hidden_is_forgotten_and_what_is_visible_stays() {
    var disk = new FaultyDisk(1);
    try (var store = open(disk)) {
      fill(store);
      var before = all(store);
      var links = store.read(CATEGORY, ReadOptions.forwards()).events();

      var progress = scavenge(store);

      assertThat(progress.outcome()).isEqualTo(Outcome.SUCCESS);
      // Three of the counted, all of the deleted and the tombstoned stream.
      assertThat(progress.eventsForgotten()).isEqualTo(3 + 5 + 5);
      assertThat(progress.bytesFreed()).isPositive();
      assertIsWhatIsLeft(store, before, links);
    }
    try (var store = open(disk)) {
      assertThat(revisions(store, COUNTED)).containsExactly(3L, 4L);
      assertThat(eventsOf(store, DELETED)).isZero();
      store.append(DELETED, ExpectedState.noStream(), paid(6));
      assertThat(revisions(store, DELETED)).containsExactly(5L);
    }
    var contents = new StringBuilder();
    disk.contents()
        .values()
        .forEach(bytes -> contents.append(new String(bytes, StandardCharsets.UTF_8)));
    assertThat(contents).contains("s-4").contains("s-0"); // those of the live stream
    assertThat(StoreCheck.check(disk, StoreCheck.Progress.none()).damages()).isEmpty();
    assertThat(StoreCheck.check(disk, StoreCheck.Progress.none()).notes())
        .contains("13 events were forgotten by scavenges");
  }

  private static void assertIsWhatIsLeft(
      LocalEventStore store, List<RecordedEvent> before, List<RecordedEvent> links) {
    assertThat(revisions(store, LIVE)).containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(revisions(store, COUNTED)).containsExactly(3L, 4L);
    assertThat(store.state(DELETED)).isEqualTo(new StreamState.Deleted(4));
    assertThat(store.state(TOMBSTONED)).isEqualTo(new StreamState.Tombstoned());
    assertThat(eventsOf(store, TOMBSTONED)).as("the tombstone").isEqualTo(1);
    var kept = all(store);
    assertThat(before)
        .as("positions do not move")
        .containsAll(kept.stream().filter(event -> event.position() < before.size()).toList());
    assertThat(links).containsAll(store.read(CATEGORY, ReadOptions.forwards()).events());
    assertThat(
            store
                .readAll(
                    ReadOptions.forwards()
                        .filteredBy(new EventFilter.Tagged(Set.of(Tag.of("customer:ann")))))
                .events())
        .hasSize(5 + 2);
    assertThat(store.read(CATEGORY, ReadOptions.backwards().limit(1)).events())
        .extracting(RecordedEvent::revision)
        .containsExactly(20L); // the tombstone is the 21st event of the category
  }

  @Test
  void numbers_in_virtual_streams_are_the_same_when_the_index_is_built_anew() {
    var disk = new FaultyDisk(1);
    List<RecordedEvent> ofCategory;
    List<RecordedEvent> ofType;
    try (var store = open(disk)) {
      fill(store);
      scavenge(store);
      ofCategory = store.read(CATEGORY, ReadOptions.forwards()).events();
      ofType = store.read(StreamName.of("$et-Paid"), ReadOptions.forwards()).events();
    }
    try (var store = open(disk)) {
      assertThat(store.read(CATEGORY, ReadOptions.forwards()).events()).isEqualTo(ofCategory);
      assertThat(store.read(StreamName.of("$et-Paid"), ReadOptions.forwards()).events())
          .isEqualTo(ofType);
    }
  }

  @Test
  void a_damaged_segment_over_forgotten_events_is_made_again_when_nobody_reads() {
    var refused = new AtomicInteger();
    Seeds.each(
        40,
        seed -> {
          var random = new Random(seed);
          var disk = new FaultyDisk(seed);
          var index = StoreRig.smallIndex(seed, false);
          Map<StreamName, List<Long>> expected = new HashMap<>();
          try (var store = open(disk, index)) {
            fill(store);
            for (var i = 0; i < 80; i++) {
              store.append(FILLER, ExpectedState.any(), paid(i));
            }
            seal(store);
            scavenge(store);
            for (var stream : List.of(LIVE, COUNTED, FILLER, CATEGORY)) {
              expected.put(stream, revisions(store, stream));
            }
          }
          var segments = StoreRig.segments(disk);
          var segment = segments.get(random.nextInt(segments.size()));
          disk.flip(segment, 192 + random.nextInt(disk.bytes(segment).length - 192), 0);
          try (var store = open(disk, index)) {
            for (var tries = 0; tries < 3; tries++) {
              expected.forEach((stream, revisions) -> {
                if (!isReadAsBefore(store, stream, revisions)) {
                  refused.incrementAndGet();
                }
              });
            }
          }
          try (var store = open(disk, index)) {
            expected.forEach((stream, revisions) ->
                assertThat(revisions(store, stream)).as("%s", stream).isEqualTo(revisions));
          }
          assertThat(StoreIndex.verify(disk, disk, StoreCheck.Progress.none()).damages()).isEmpty();
        });
    assertThat(refused).as("reads that were refused").hasPositiveValue();
  }

  /// If it is not, it is refused, and nothing is left out.
  private static boolean isReadAsBefore(
      LocalEventStore store, StreamName stream, List<Long> revisions) {
    try {
      assertThat(revisions(store, stream)).as("%s", stream).isEqualTo(revisions);
      return true;
    } catch (UnavailableException e) {
      assertThat(e.reason()).isEqualTo(UnavailableException.Reason.TOO_BUSY);
      return false;
    }
  }

  @Test
  void nothing_of_a_forgotten_event_is_left_in_any_file() {
    for (var tableEvents : List.of(IndexOptions.TABLE_EVENTS, 64, 4, 3, 2)) {
      var disk = new FaultyDisk(1);
      var index = StoreRig.indexOf(tableEvents, 3);
      var ids = Stream.generate(UUID::randomUUID).limit(4).toList();
      try (var store = open(disk, index)) {
        for (var id : ids) {
          store.append(CUSTOMER, ExpectedState.any(), named(1).withId(id));
        }
        store.delete(CUSTOMER, ExpectedState.any());
        seal(store);
        scavenge(store);
        // What was in memory is written now.
        for (var i = 0; i < 64; i++) {
          store.append(LIVE, ExpectedState.any(), paid(i));
        }
        assertThat(store.indexState().segments() > 0).isEqualTo(tableEvents <= 64);
      }
      disk.contents()
          .forEach((name, bytes) -> {
            assertThat(new String(bytes, StandardCharsets.UTF_8))
                .as("%s, %d events a table", name, tableEvents)
                .doesNotContain("Mustermann-");
            for (var id : ids) {
              assertThat(holds(bytes, id)).as("%s has %s", name, id).isFalse();
            }
          });
      assertThat(StoreIndex.verify(disk, disk, StoreCheck.Progress.none()).damages()).isEmpty();
    }
  }

  private static final StreamName CUSTOMER = StreamName.of("customer-erika.mustermann@example.org");

  private static ProposedEvent named(int n) {
    return ProposedEvent.json("Named", "{\"name\":\"Mustermann-a\"}")
        .withMetadata(
            "{\"by\":\"Mustermann-b%d\",\"$correlationId\":\"Mustermann-d\"}".formatted(n))
        .withTags(Tag.of("name:Mustermann-c" + n));
  }

  private static boolean holds(byte[] bytes, UUID id) {
    var sought =
        ByteBuffer.allocate(16)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
    return IntStream.rangeClosed(0, bytes.length - sought.length)
        .anyMatch(at -> Arrays.equals(bytes, at, at + sought.length, sought, 0, sought.length));
  }

  @Test
  void a_tag_goes_with_the_last_event_that_has_it() throws InterruptedException {
    var disk = new FaultyDisk(1);
    var shared = Tag.of("shared");
    try (var store = open(disk, StoreRig.indexOf(4, 100))) {
      for (var n = 0; n < 6; n++) {
        store.append(CUSTOMER, ExpectedState.any(), named(n).withTags(shared, Tag.of("own:" + n)));
      }
      seal(store);
      var kept = store.append(LIVE, ExpectedState.any(), named(7).withTags(shared));
      seal(store);
      try (var following =
              store.subscribeToAll(
                  SubscribeOptions.fromBeginning()
                      .filteredBy(new EventFilter.Tagged(Set.of(Tag.of("own:3")))));
          var reading =
              store.readAll(
                  ReadOptions.forwards().filteredBy(new EventFilter.Tagged(Set.of(shared))))) {
        assertThat(following.next()).isInstanceOf(SubscriptionMessage.Event.class);
        assertThat(following.next()).isInstanceOf(SubscriptionMessage.CaughtUp.class);
        var events = reading.iterator();
        events.next();
        store.delete(CUSTOMER, ExpectedState.any());
        assertThat(scavenge(store).eventsForgotten()).isEqualTo(6);

        // One is still tagged, far behind those that are forgotten.
        assertThat(events.next().original().position()).isEqualTo(kept.position().orElseThrow());
        assertThat(events.hasNext()).isFalse();
        assertThat(store.stats().tags()).isEqualTo(1);
        // And one that is tagged anew is found by whoever waits for it.
        var again = store.append(LIVE, ExpectedState.any(), named(8).withTags(Tag.of("own:3")));
        assertThat(following.next())
            .isInstanceOfSatisfying(
                SubscriptionMessage.Event.class,
                event ->
                    assertThat(event.event().original().position())
                        .isEqualTo(again.position().orElseThrow()));
        assertThat(store.stats().tags()).isEqualTo(2);
      }
    }
    assertThat(StoreIndex.verify(disk, disk, StoreCheck.Progress.none()).damages()).isEmpty();
    try (var store = open(disk, StoreRig.indexOf(4, 100))) {
      assertThat(store.stats().tags()).isEqualTo(2);
    }
  }

  @Test
  void who_follows_a_correlation_id_misses_nothing_when_all_of_it_is_forgotten()
      throws InterruptedException {
    var disk = new FaultyDisk(1);
    var stream = StreamName.ofCorrelation("Mustermann-d");
    try (var store = open(disk, StoreRig.indexOf(4, 100))) {
      for (var n = 0; n < 6; n++) {
        store.append(CUSTOMER, ExpectedState.any(), named(n));
      }
      seal(store);
      var six = revisions(store, stream);
      try (var following = store.subscribe(stream, SubscribeOptions.fromBeginning());
          var reading = store.read(stream, ReadOptions.forwards())) {
        for (var number : six) {
          assertThat(numberOf(following.next())).isEqualTo(number);
        }
        assertThat(following.next()).isInstanceOf(SubscriptionMessage.CaughtUp.class);
        var events = reading.iterator();
        events.next();
        store.delete(CUSTOMER, ExpectedState.any());
        assertThat(scavenge(store).eventsForgotten()).isEqualTo(6);

        assertThat(events.hasNext()).isFalse();
        assertThat(store.state(stream)).isEqualTo(new StreamState.Absent());
        for (var n = 0; n < 2; n++) {
          var again = store.append(LIVE, ExpectedState.any(), named(n)).position().orElseThrow();
          assertThat(numberOf(following.next())).isEqualTo(again);
          try (var later = store.subscribe(stream, SubscribeOptions.after(six.getLast() + n))) {
            assertThat(numberOf(later.next())).isGreaterThan(six.getLast());
          }
        }
        assertThat(revisions(store, stream)).hasSize(2);
        assertThat(following.lag()).isZero();
      }
    }
  }

  @Test
  void what_is_forgotten_at_the_end_of_a_correlation_id_is_nothing_to_wait_for()
      throws InterruptedException {
    var stream = StreamName.ofCorrelation("Mustermann-d");
    try (var store = open(new FaultyDisk(1), StoreRig.indexOf(4, 100))) {
      var kept = store.append(LIVE, ExpectedState.any(), named(0)).position().orElseThrow();
      for (var n = 1; n < 6; n++) {
        store.append(CUSTOMER, ExpectedState.any(), named(n));
      }
      store.delete(CUSTOMER, ExpectedState.any());
      seal(store);
      scavenge(store);
      try (var fromEnd = store.subscribe(stream, SubscribeOptions.fromEnd());
          var behind = store.subscribe(stream, SubscribeOptions.fromBeginning())) {
        assertThat(fromEnd.next()).isInstanceOf(SubscriptionMessage.CaughtUp.class);
        assertThat(numberOf(behind.next())).isEqualTo(kept);
        assertThat(behind.next()).isInstanceOf(SubscriptionMessage.CaughtUp.class);

        assertThat(store.state(stream)).isEqualTo(new StreamState.Present(0, kept));
        assertThat(fromEnd.lag()).isZero();
        assertThat(behind.lag()).isZero();
      }
    }
  }

  private static long numberOf(SubscriptionMessage message) {
    return ((SubscriptionMessage.Event) message).event().original().revision();
  }

  @Test
  void what_a_failing_disk_kept_in_the_index_goes_with_the_next_scavenge() {
    var failed = 0;
    for (var nth = 1; nth < 20; nth++) {
      var disk = new FaultyDisk(nth);
      var ofIndex = new FaultyDisk(nth);
      try (var store = LocalEventStore.on(disk, ofIndex, options(), StoreRig.indexOf(4, 100))) {
        store.append(LIVE, ExpectedState.any(), ProposedEvent.json("Paid", "{}"));
        for (var n = 0; n < 6; n++) {
          store.append(CUSTOMER, ExpectedState.any(), named(n));
        }
        store.delete(CUSTOMER, ExpectedState.any());
        seal(store);
        ofIndex.failing(FaultyDisk.Fault.SYNC_FAILS, nth);
        if (scavenge(store).outcome() == Outcome.ERRORED) {
          failed++;
          assertThat(store.stats().tags()).isPositive();
          assertThat(eventsOf(store, CUSTOMER)).isZero();
          // The next one looks at all chunks again.
          store.append(LIVE, ExpectedState.any(), ProposedEvent.json("Paid", "{}"));
          store.delete(LIVE, ExpectedState.any());
          assertThat(scavenge(store).chunksDone()).isPositive();
          assertThat(store.read(StreamName.of("$scavenges"), ReadOptions.backwards()).events())
              .filteredOn(event -> event.type().equals("$scavengeStarted"))
              .first()
              .satisfies(event -> assertThat(event.dataAsText()).contains("\"startFromChunk\":0"));
        }
        assertThat(scavenge(store).outcome()).isEqualTo(Outcome.SUCCESS);
        assertThat(store.stats().tags()).isZero();
        assertThat(store.read(StreamName.of("$scavenges"), ReadOptions.forwards()).events())
            .extracting(RecordedEvent::type)
            .contains("$scavengeIndexCompleted");
      }
      assertThat(StoreIndex.verify(disk, ofIndex, StoreCheck.Progress.none()).damages()).isEmpty();
    }
    assertThat(failed).as("scavenges whose index could not be written").isGreaterThan(1);
  }

  @Test
  void a_dry_run_tells_what_a_scavenge_then_does_and_changes_nothing() {
    var disk = new FaultyDisk(1);
    try (var store = open(disk)) {
      fill(store);
      var before = all(store);
      var contents = disk.contents().keySet();
      var promised = ended(store.scavenge(ScavengeOptions.defaults().asDryRun()));
      assertThat(all(store)).isEqualTo(before);
      assertThat(disk.contents().keySet()).isEqualTo(contents);

      var bytes = sealedBytes(disk);
      var done = scavenge(store);
      assertThat(done.eventsForgotten()).isEqualTo(promised.eventsForgotten());
      assertThat(done.bytesFreed()).isEqualTo(promised.bytesFreed());
      assertThat(bytes - sealedBytes(disk)).isEqualTo(promised.bytesFreed());
      assertThat(scavenge(store).eventsForgotten()).as("what is left to forget").isZero();
    }
  }

  private static long sealedBytes(FaultyDisk disk) {
    return disk.contents().entrySet().stream()
        .filter(file -> file.getKey().startsWith("chunk-"))
        .mapToLong(file -> file.getValue().length)
        .sum();
  }

  @Test
  void a_store_open_for_reading_only_takes_a_dry_run_and_no_scavenge() {
    try (var store = LocalEventStore.open(directory, options())) {
      fill(store);
    }
    try (var store = LocalEventStore.open(directory, options().forReadingOnly())) {
      assertThat(ended(store.scavenge(ScavengeOptions.defaults().asDryRun())).eventsForgotten())
          .isEqualTo(13);
      assertThatThrownBy(() -> scavenge(store)).isInstanceOf(UnavailableException.class);
    }
  }

  @Test
  void chunks_are_left_alone_of_which_less_would_be_freed_than_the_threshold() {
    var disk = new FaultyDisk(1);
    try (var store = open(disk)) {
      fill(store);
      var progress = ended(store.scavenge(ScavengeOptions.defaults().withThreshold(100)));
      assertThat(progress.outcome()).isEqualTo(Outcome.SUCCESS);
      assertThat(progress.chunksRewritten()).isZero();
    }
  }

  @Test
  void its_history_is_in_the_log() {
    try (var store = open(new FaultyDisk(1))) {
      fill(store);
      var scavenge = store.scavenge(ScavengeOptions.defaults());
      ended(scavenge);
      var history = store.read(StreamName.of("$scavenges"), ReadOptions.forwards()).events();
      assertThat(history)
          .extracting(RecordedEvent::type)
          .startsWith("$scavengeStarted")
          .contains("$scavengeChunksCompleted")
          .endsWith("$scavengeCompleted");
      assertThat(history)
          .allSatisfy(event -> assertThat(event.dataAsText()).contains(scavenge.id().toString()));
      assertThat(history.getLast().dataAsText()).contains("\"result\":\"Success\"");
      assertThat(revisions(store, StreamName.of("$scavengePoints"))).containsExactly(0L);
    }
  }

  @Test
  void a_crash_at_any_step_leaves_a_store_that_forgot_nothing_visible_and_can_go_on() {
    var steps = 0;
    var index = StoreRig.indexOf(8, 3);
    for (var step = 1L; ; step++) {
      var disk = new FaultyDisk(step);
      var store = open(disk, index);
      fill(store);
      disk.powerFailsAt(disk.operations() + step);
      var outcome = scavenge(store).outcome();
      var found = step % 2 == 0 ? disk.afterPowerFailure() : disk.afterKill();
      store.close();

      assertThat(StoreCheck.check(found, StoreCheck.Progress.none()).damages()).isEmpty();
      try (var reopened = open(found, index)) {
        assertThat(found.contents().keySet())
            .as("generations")
            .allMatch(name -> !name.endsWith(".new"))
            .filteredOn(name -> name.startsWith("chunk-"))
            .extracting(name -> name.substring(0, 12))
            .doesNotHaveDuplicates();
        assertThat(revisions(reopened, LIVE)).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(revisions(reopened, COUNTED)).containsExactly(3L, 4L);
        assertThat(reopened.state(DELETED)).isEqualTo(new StreamState.Deleted(4));
        assertThat(scavenge(reopened).outcome()).isEqualTo(Outcome.SUCCESS);
        assertThat(
                ended(reopened.scavenge(ScavengeOptions.defaults().fromChunk(0))).eventsForgotten())
            .isZero();
        assertThat(eventsOf(reopened, TOMBSTONED)).isEqualTo(1);
        assertThat(reopened.stats().tags()).isEqualTo(1);
      }
      if (outcome == Outcome.SUCCESS) {
        break;
      }
      steps++;
    }
    assertThat(steps).as("steps at which the power failed").isGreaterThan(10);
  }

  @Test
  void a_disk_that_fails_at_any_moment_ends_a_scavenge_and_hides_nothing() {
    var index = StoreRig.indexOf(8, 3);
    for (var fault :
        List.of(
            FaultyDisk.Fault.CREATE_FAILS,
            FaultyDisk.Fault.WRITE_FAILS,
            FaultyDisk.Fault.WRITE_STOPS_HALF_WAY,
            FaultyDisk.Fault.SYNC_FAILS,
            FaultyDisk.Fault.RESIZE_FAILS,
            FaultyDisk.Fault.DIRECTORY_SYNC_FAILS)) {
      for (var nth = 1; ; nth++) {
        var disk = new FaultyDisk(nth);
        try (var store = open(disk, index)) {
          fill(store);
          disk.failing(fault, nth);
          var progress = scavenge(store);
          if (!disk.struck()) {
            assertThat(progress.outcome()).isEqualTo(Outcome.SUCCESS);
            assertThat(nth).as("how often it failed").isGreaterThan(1);
            break;
          }
          // It came to its end if nothing failed but the record of that.
          assertThat(progress.outcome()).isIn(Outcome.ERRORED, Outcome.SUCCESS);
          assertThat(revisions(store, LIVE)).containsExactly(0L, 1L, 2L, 3L, 4L);
          assertThat(revisions(store, COUNTED)).containsExactly(3L, 4L);
          disk = disk.afterKill();
        }
        try (var store = open(disk, index)) {
          assertThat(revisions(store, COUNTED)).containsExactly(3L, 4L);
          assertThat(scavenge(store).outcome()).isEqualTo(Outcome.SUCCESS);
        }
        assertThat(StoreCheck.check(disk, StoreCheck.Progress.none()).damages()).isEmpty();
      }
    }
  }

  @Test
  void a_damaged_record_is_not_copied_but_ends_the_scavenge() {
    var disk = new FaultyDisk(1);
    try (var store = open(disk)) {
      fill(store);
    }
    try (var store = open(disk)) {
      disk.flip("chunk-000000.log", 700, 3);
      var progress = scavenge(store);
      assertThat(progress.outcome()).isEqualTo(Outcome.ERRORED);
      assertThat(progress.reason()).contains("chunk-000000.log").contains("checksum");
      assertThat(disk.contents()).containsKey("chunk-000000.log");
    }
  }

  @Test
  void a_scavenge_goes_on_where_the_last_one_was_stopped() {
    var disk = new FaultyDisk(1);
    try (var store = open(disk)) {
      for (var i = 0; i < 4; i++) {
        fillOnce(store, i);
      }
      var chunks = store.stats().chunks();
      assertThat(chunks).isGreaterThan(4);
      // One byte a second: it waits behind the first chunk for as long as nobody stops it.
      var slow = store.scavenge(ScavengeOptions.defaults().atMost(1));
      assertThatThrownBy(() -> store.scavenge(ScavengeOptions.defaults()))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining(slow.id().toString());
      slow.stop();
      assertThat(ended(slow).outcome()).isEqualTo(Outcome.STOPPED);
      assertThat(scavenge(store).outcome()).isEqualTo(Outcome.SUCCESS);
      assertThat(ended(store.scavenge(ScavengeOptions.defaults().fromChunk(0))).eventsForgotten())
          .isZero();
    }
  }

  private static void fillOnce(LocalEventStore store, int n) {
    var stream = StreamName.of("short-" + n);
    for (var i = 0; i < 5; i++) {
      store.append(stream, ExpectedState.any(), paid(i));
    }
    store.tombstone(stream, ExpectedState.any());
    seal(store);
  }

  @Test
  void closing_the_store_ends_a_scavenge() {
    var store = open(new FaultyDisk(1));
    fill(store);
    var slow = store.scavenge(ScavengeOptions.defaults().atMost(1));
    store.close();
    assertThat(slow.progress().outcome()).isEqualTo(Outcome.STOPPED);
  }

  @Test
  void who_reads_when_a_chunk_is_switched_reads_on() throws IOException {
    try (var store = LocalEventStore.open(directory, options())) {
      fill(store);
      var expected = visible(store);
      try (var ofAll = store.readAll(ReadOptions.forwards());
          var ofStream = store.read(LIVE, ReadOptions.backwards());
          var counted = store.read(COUNTED, ReadOptions.forwards())) {
        var first = ofAll.iterator().next();
        var last = ofStream.iterator().next();
        assertThat(counted.iterator().next().original().revision()).isEqualTo(3);

        assertThat(scavenge(store).chunksRewritten()).isPositive();

        assertThat(first.original().position()).isZero();
        assertThat(last.original().revision()).isEqualTo(4);
        assertThat(ofAll.events()).extracting(RecordedEvent::stream).contains(FILLER, LIVE);
        assertThat(ofStream.events())
            .extracting(RecordedEvent::revision)
            .containsExactly(3L, 2L, 1L, 0L);
        assertThat(counted.events()).extracting(RecordedEvent::revision).containsExactly(4L);
      }
      assertThat(visible(store)).isEqualTo(expected);
      try (var files = Files.list(directory.resolve("log"))) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .contains("chunk-000000.1.log")
            .doesNotContain("chunk-000000.log");
      }
    }
  }

  private static List<RecordedEvent> visible(LocalEventStore store) {
    var visible = new ArrayList<RecordedEvent>();
    for (var stream : List.of(LIVE, COUNTED, FILLER)) {
      visible.addAll(store.read(stream, ReadOptions.forwards()).events());
    }
    return visible;
  }

  @Test
  void who_follows_across_scavenges_misses_nothing_and_sees_nothing_twice() throws Exception {
    try (var store = LocalEventStore.open(directory, options());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      fill(store);
      var live = StreamName.of("followed");
      var ofStream =
          threads.submit(
              () -> follow(store.subscribe(live, SubscribeOptions.fromBeginning()), live));
      var ofAll =
          threads.submit(
              () -> follow(store.subscribeToAll(SubscribeOptions.fromBeginning()), live));
      var random = new Random(1);
      for (var i = 0; i < 300; i++) {
        store.append(live, ExpectedState.any(), paid(i));
        store.append(COUNTED, ExpectedState.any(), paid(random.nextInt()));
        if (i % 50 == 0) {
          assertThat(scavenge(store).outcome()).isEqualTo(Outcome.SUCCESS);
        }
      }
      store.append(live, ExpectedState.any(), ProposedEvent.json("Ended", "{}"));
      var expected = java.util.stream.LongStream.rangeClosed(0, 300).boxed().toList();
      assertThat(ofStream.get()).isEqualTo(expected);
      assertThat(ofAll.get()).isEqualTo(expected);
    }
  }

  private static List<Long> follow(io.leftfold.api.Subscription subscription, StreamName stream)
      throws InterruptedException {
    var revisions = new ArrayList<Long>();
    try (subscription) {
      while (true) {
        if (subscription.next() instanceof SubscriptionMessage.Event(var resolved)
            && resolved.original().stream().equals(stream)) {
          revisions.add(resolved.original().revision());
          if (resolved.original().type().equals("Ended")) {
            return revisions;
          }
        }
      }
    }
  }

  @Test
  void many_readers_go_on_while_mappings_are_closed_under_them() throws Exception {
    try (var store = LocalEventStore.open(directory, options());
        var threads = Executors.newFixedThreadPool(4)) {
      fill(store);
      var stopped = new AtomicBoolean();
      var readers = new ArrayList<java.util.concurrent.Future<Long>>();
      for (var reader = 0; reader < 4; reader++) {
        readers.add(
            threads.submit(() -> {
              var reads = 0L;
              while (!stopped.get()) {
                assertThat(revisions(store, LIVE)).containsExactly(0L, 1L, 2L, 3L, 4L);
                assertThat(all(store)).isNotEmpty();
                reads++;
              }
              return reads;
            }));
      }
      for (var round = 0; round < 12; round++) {
        store.append(COUNTED, ExpectedState.any(), paid(round), paid(round), paid(round));
        seal(store);
        assertThat(scavenge(store).outcome()).isEqualTo(Outcome.SUCCESS);
      }
      stopped.set(true);
      for (var reader : readers) {
        assertThat(reader.get()).isPositive();
      }
    }
  }
}
