// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.disk.FaultyDisk.Fault;
import io.leftfold.testkit.ManualClock;
import io.leftfold.testkit.Steps;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Copies of a store, and stores made of copies.
@ExtendWith(QuietEngine.class)
final class BackupTest {

  private static final StreamName STREAM = StreamName.of("account-1");

  @TempDir Path directory;

  private final ManualClock clock = new ManualClock(Steps.START);
  private final EngineOptions options = StoreRig.options(1, 4096).withClock(clock);

  private LocalEventStore open(Disk disk) {
    return LocalEventStore.on(disk, options);
  }

  private static void append(LocalEventStore store, int events) {
    for (var i = 0; i < events; i++) {
      store.append(STREAM, ExpectedState.any(), ProposedEvent.binary("Paid", new byte[300]));
    }
  }

  private List<RecordedEvent> all(Disk disk) {
    try (var store = LocalEventStore.on(disk, options.forReadingOnly())) {
      return all(store);
    }
  }

  private static List<RecordedEvent> all(LocalEventStore store) {
    return store.readAll(ReadOptions.forwards()).events();
  }

  private static void assertIsSound(Disk disk) {
    assertThat(StoreCheck.check(disk, StoreCheck.Progress.none()).damages()).isEmpty();
  }

  @Test
  void a_backup_is_the_store_as_it_was() throws IOException {
    var backup = new FaultyDisk(2);
    try (var store = open(new FaultyDisk(1))) {
      append(store, 40);
      var report = store.backup(backup);
      assertThat(report.nextPosition()).isEqualTo(41);
      assertThat(all(backup)).isEqualTo(all(store));
      append(store, 1);
      assertThat(all(backup)).hasSize(41);
    }
    assertIsSound(backup);
    try (var opened = open(backup)) {
      append(opened, 1);
      assertThat(all(opened)).hasSize(42);
    }
  }

  @Test
  void a_second_backup_copies_only_what_is_new() throws IOException {
    var backup = new FaultyDisk(2);
    try (var store = open(new FaultyDisk(1))) {
      append(store, 40);
      var first = store.backup(backup);
      append(store, 20);
      var second = store.backup(backup);
      assertThat(second.filesKept()).isEqualTo(first.filesCopied() - 1);
      assertThat(second.filesCopied()).isLessThan(first.filesCopied());
      assertThat(all(backup)).isEqualTo(all(store));
      assertThat(store.backup(backup).filesCopied()).as("the open file").isEqualTo(1);
    }
    assertIsSound(backup);
  }

  @Test
  void a_backup_takes_over_what_a_scavenge_forgot_and_drops_the_old_files() throws Exception {
    var disk = new FaultyDisk(1);
    var backup = new FaultyDisk(2);
    try (var store = open(disk)) {
      append(store, 40);
      store.backup(backup);
      store.writeMetadata(STREAM, ExpectedState.any(), StreamMetadata.none().withMaxCount(3));
      assertThat(store.scavenge(ScavengeOptions.defaults()).await().chunksRewritten()).isPositive();
      store.backup(backup);
      assertThat(all(backup)).isEqualTo(all(store));
    }
    assertThat(backup.contents())
        .containsKey("chunk-000000.1.log")
        .doesNotContainKey("chunk-000000.log");
    assertIsSound(backup);
  }

  @Test
  void the_power_fails_at_any_step_of_a_backup_and_it_is_still_a_store() throws Exception {
    for (var step = 1L; ; step++) {
      var backup = new FaultyDisk(step);
      try (var store = open(new FaultyDisk(1))) {
        append(store, 25);
        store.backup(backup);
        var endBefore = end(backup);
        append(store, 25);
        store.writeMetadata(STREAM, ExpectedState.any(), StreamMetadata.none().withMaxCount(20));
        store.scavenge(ScavengeOptions.defaults()).await();
        backup.powerFailsAt(backup.operations() + step);
        var failed = false;
        try {
          store.backup(backup);
        } catch (IOException e) {
          failed = true;
        }
        backup = step % 2 == 0 ? backup.afterPowerFailure() : backup.afterKill();
        assertIsSound(backup);
        var visible = revisions(store);
        // As far as before, or further; and of that all that the store has itself.
        var end = end(backup);
        assertThat(end).isGreaterThanOrEqualTo(endBefore);
        try (var opened = LocalEventStore.on(backup, options.forReadingOnly())) {
          assertThat(all(opened))
              .containsAll(all(store).stream().filter(event -> event.position() <= end).toList());
          assertThat(revisions(opened))
              .containsAll(
                  visible.stream()
                      .filter(revision -> revision <= opened.state(STREAM).lastRevision())
                      .toList());
        }
        store.backup(backup);
        assertThat(all(backup)).isEqualTo(all(store));
        if (!failed) {
          assertThat(step).isGreaterThan(20);
          return;
        }
      }
    }
  }

  private long end(Disk disk) {
    try (var store = LocalEventStore.on(disk, options.forReadingOnly())) {
      return store.lastPosition().orElseThrow();
    }
  }

  private static List<Long> revisions(LocalEventStore store) {
    return store.read(STREAM, ReadOptions.forwards()).events().stream()
        .map(RecordedEvent::revision)
        .toList();
  }

  @Test
  void backups_while_others_write_and_scavenge_are_prefixes_of_the_store() throws Exception {
    var larger = options.withChunkBytesMax(32 << 10);
    try (var store = LocalEventStore.open(directory.resolve("store"), larger);
        var threads = Executors.newFixedThreadPool(2)) {
      append(store, 5);
      store.writeMetadata(STREAM, ExpectedState.any(), StreamMetadata.none().withMaxCount(10));
      var stopped = new AtomicBoolean();
      var writer =
          threads.submit(() -> {
            while (!stopped.get()) {
              append(store, 3);
            }
          });
      var scavenger =
          threads.submit(() -> {
            while (!stopped.get()) {
              assertThat(store.scavenge(ScavengeOptions.defaults()).await().outcome())
                  .isEqualTo(ScavengeProgress.Outcome.SUCCESS);
            }
            return null;
          });
      var backup = directory.resolve("backup");
      for (var i = 0; i < 10; i++) {
        var report = store.backup(backup);
        assertThat(StoreCheck.check(backup, StoreCheck.Progress.none()).damages()).isEmpty();
        try (var copy = LocalEventStore.open(backup, options.forReadingOnly())) {
          assertThat(copy.lastPosition()).contains(report.nextPosition() - 1);
          assertThat(revisions(copy)).as("what its metadata shows").hasSize(expected(copy));
        }
      }
      stopped.set(true);
      writer.get();
      scavenger.get();
    }
  }

  private static int expected(LocalEventStore copy) {
    return (int) Math.min(10, copy.state(STREAM).lastRevision() + 1);
  }

  /// One of those that fail is of a footer, and behind a chunk whose footer was lost, smaller
  /// events find room.
  @Test
  void a_backup_after_a_failed_sync_is_one_of_what_the_next_opening_finds() throws Exception {
    for (var run = 0; run < 160; run++) {
      var backup = new FaultyDisk(2);
      var disk = new FaultyDisk(run);
      try (var store = open(disk)) {
        disk.failing(Fault.SYNC_FAILS, 1 + run % 20);
        assertThatThrownBy(() -> append(store, 60)).isInstanceOf(UnavailableException.class);
        store.backup(backup);
        disk = disk.afterPowerFailure();
      }
      try (var store = open(disk)) {
        store.append(STREAM, ExpectedState.any(), ProposedEvent.binary("Paid", new byte[1]));
        append(store, 20);
        store.backup(backup);
        assertThat(all(backup)).as("run %d", run).isEqualTo(all(store));
      }
    }
  }

  @Test
  void a_directory_with_another_store_or_another_history_is_refused() throws IOException {
    var backup = new FaultyDisk(2);
    var disk = new FaultyDisk(1);
    FaultyDisk fork;
    try (var store = open(disk)) {
      append(store, 20);
      fork = new FaultyDisk(3);
      store.backup(fork);
      append(store, 40);
      store.backup(backup);
    }
    try (var other = LocalEventStore.on(new FaultyDisk(4), options.withRandom(new Random(99)))) {
      append(other, 60);
      assertThatThrownBy(() -> other.backup(backup)).isInstanceOf(IllegalArgumentException.class);
    }
    try (var older = open(fork)) {
      assertThatThrownBy(() -> older.backup(backup)).isInstanceOf(IllegalArgumentException.class);
      for (var i = 0; i < 200; i++) {
        older.append(STREAM, ExpectedState.any(), ProposedEvent.binary("Else", new byte[200]));
      }
      assertThatThrownBy(() -> older.backup(backup)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(all(backup)).hasSize(61);
  }

  @Test
  void so_is_one_whose_only_chunk_is_still_open() throws IOException {
    var backup = new FaultyDisk(2);
    var fork = new FaultyDisk(3);
    try (var store = open(new FaultyDisk(1))) {
      append(store, 3);
      store.backup(fork);
      append(store, 2);
      store.backup(backup);
      store.backup(backup);
    }
    var before = all(backup);
    try (var other = LocalEventStore.on(new FaultyDisk(4), options.withRandom(new Random(99)))) {
      append(other, 60);
      assertThatThrownBy(() -> other.backup(backup)).hasMessageContaining("another store");
    }
    try (var other = LocalEventStore.on(new FaultyDisk(5), options.withRandom(new Random(98)))) {
      assertThatThrownBy(() -> other.backup(backup)).hasMessageContaining("another store");
    }
    try (var older = open(fork)) {
      assertThatThrownBy(() -> older.backup(backup)).hasMessageContaining("another history");
      append(older, 1);
      assertThatThrownBy(() -> older.backup(backup)).hasMessageContaining("another history");
      append(older, 40);
      assertThatThrownBy(() -> older.backup(backup)).hasMessageContaining("another history");
    }
    assertThat(all(backup)).isEqualTo(before).hasSize(6);
  }

  @Test
  void a_backup_into_a_directory_in_use_is_refused() {
    try (var store = LocalEventStore.open(directory, options)) {
      assertThatThrownBy(() -> store.backup(directory))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("in use");
    }
  }

  @Test
  void a_damaged_file_is_not_backed_up() {
    var disk = new FaultyDisk(1);
    try (var store = open(disk)) {
      append(store, 40);
      disk.flip("chunk-000001.log", 900, 2);
      assertThatThrownBy(() -> store.backup(new FaultyDisk(2)))
          .isInstanceOf(CorruptLogException.class)
          .hasMessageContaining("chunk-000001.log");
    }
  }

  // ---- restoring

  @Test
  void a_restore_to_a_position_ends_with_the_last_whole_commit() throws Exception {
    for (var scavenged : List.of(false, true)) {
      var backup = new FaultyDisk(2);
      List<RecordedEvent> all;
      try (var store = open(new FaultyDisk(1))) {
        for (var i = 0; i < 15; i++) {
          var events = List.of(paid(), paid(), paid());
          store.append(
              List.of(
                  new StreamAppend(STREAM, ExpectedState.any(), events),
                  new StreamAppend(
                      StreamName.of("short-" + i), ExpectedState.any(), List.of(paid()))));
          if (i % 2 == 0) {
            store.tombstone(StreamName.of("short-" + i), ExpectedState.any());
          }
        }
        if (scavenged) {
          assertThat(store.scavenge(ScavengeOptions.defaults()).await().chunksRewritten())
              .isGreaterThan(2);
        }
        store.backup(backup);
        all = all(store);
      }
      var ends = new java.util.TreeSet<Long>();
      for (var last = 0L; last <= all.getLast().position(); last++) {
        var target = new FaultyDisk(last);
        var report =
            StoreRestore.restore(backup, target, new RestorePoint.AtPosition(last), _ -> {});
        ends.add(report.nextPosition());
        assertThat(report.nextPosition()).isBetween(last - 3, last + 1);
        assertIsSound(target);
        assertThat(all(target))
            .isEqualTo(
                all.stream().filter(event -> event.position() < report.nextPosition()).toList());
        try (var store = open(target)) {
          var appended = store.append(STREAM, ExpectedState.any(), paid());
          assertThat(appended.position()).hasValue(report.nextPosition());
        }
        assertIsSound(target);
      }
      assertThat(ends).hasSizeLessThan((int) all.getLast().position());
    }
  }

  private static ProposedEvent paid() {
    return ProposedEvent.binary("Paid", new byte[150]);
  }

  @Test
  void a_restore_to_a_time_has_what_was_recorded_by_then() throws IOException {
    var backup = new FaultyDisk(2);
    List<RecordedEvent> all;
    try (var store = open(new FaultyDisk(1))) {
      for (var i = 0; i < 30; i++) {
        clock.advance(Duration.ofMinutes(1));
        append(store, 1);
      }
      store.backup(backup);
      all = all(store);
    }
    for (var minutes : List.of(0, 1, 7, 15, 29, 30, 99)) {
      var time = Steps.START.plus(Duration.ofMinutes(minutes)).plusSeconds(59);
      var target = new FaultyDisk(3);
      StoreRestore.restore(backup, target, new RestorePoint.AtTime(time), _ -> {});
      assertThat(all(target))
          .isEqualTo(all.stream().filter(event -> !event.recorded().isAfter(time)).toList());
    }
    assertThatThrownBy(() ->
            StoreRestore.restore(
                backup,
                new FaultyDisk(3),
                new RestorePoint.AtTime(Steps.START.minusSeconds(1)),
                _ -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_restore_does_not_touch_a_store_that_is_there() throws IOException {
    var backup = new FaultyDisk(2);
    var disk = new FaultyDisk(1);
    try (var store = open(disk)) {
      append(store, 3);
      store.backup(backup);
    }
    var before = disk.contents().keySet();
    assertThatThrownBy(() -> StoreRestore.restore(backup, disk, RestorePoint.latest(), _ -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holds a store");
    assertThat(disk.contents().keySet()).isEqualTo(before);
  }

  // ---- repairing

  @Test
  void a_damaged_chunk_is_told_with_its_events_and_replaced_from_a_backup() throws IOException {
    for (var chunk : List.of("chunk-000000.log", "chunk-000002.log")) {
      for (var offset : List.of(20, 500, -1)) {
        var disk = new FaultyDisk(1);
        var backup = new FaultyDisk(2);
        List<RecordedEvent> all;
        try (var store = open(disk)) {
          append(store, 40);
          store.backup(backup);
          append(store, 10);
          all = all(store);
        }
        disk.flip(chunk, offset < 0 ? disk.bytes(chunk).length - 20 : offset, 1);
        assertThatThrownBy(() -> open(disk)).isInstanceOf(CorruptLogException.class);
        var damages = StoreCheck.check(disk, StoreCheck.Progress.none()).damages();
        assertThat(damages).isNotEmpty();

        var repaired = StoreRepair.repair(disk, backup);

        assertThat(repaired).hasSize(1);
        assertThat(repaired.getFirst().isReplaced()).as(repaired.getFirst().refusal()).isTrue();
        assertThat(repaired.getFirst().file()).endsWith(chunk);
        assertThat(repaired.getFirst().endPosition())
            .isGreaterThan(repaired.getFirst().firstPosition());
        assertIsSound(disk);
        assertThat(disk.contents()).containsKey("damaged-" + chunk);
        try (var store = open(disk)) {
          assertThat(all(store)).isEqualTo(all);
        }
        assertThat(StoreRepair.repair(disk, backup)).isEmpty();
      }
    }
  }

  @Test
  void a_chunk_that_the_backup_does_not_have_whole_stays_as_it_is() throws IOException {
    var disk = new FaultyDisk(1);
    var backup = new FaultyDisk(2);
    try (var store = open(disk)) {
      append(store, 15);
      store.backup(backup);
      append(store, 40);
    }
    disk.flip("chunk-000003.log", 500, 1);
    var found = StoreRepair.repair(disk, backup);
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().isReplaced()).isFalse();
    assertThat(disk.contents()).containsKey("chunk-000003.log");

    var other = new FaultyDisk(4);
    try (var store = LocalEventStore.on(other, options.withRandom(new Random(99)))) {
      append(store, 55);
    }
    assertThat(StoreRepair.repair(disk, other))
        .singleElement()
        .satisfies(refused -> assertThat(refused.refusal()).contains("of store"));
  }
}
