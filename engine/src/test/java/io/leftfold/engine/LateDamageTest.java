// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.index.IndexOptions;
import io.leftfold.engine.index.KeyHash;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The footer of an old chunk, which opening does not read, turns out to be damaged when somebody
/// needs it. Nobody is given anything wrong, nobody else notices, and nothing is written that rests
/// on it.
@ExtendWith(QuietEngine.class)
final class LateDamageTest {

  private static final String FIRST = "chunk-000000.log";
  private static final String SECOND = "chunk-000001.log";
  private static final int CHUNK_BYTES = 256 << 10;
  private static final StreamName OLD = StreamName.of("old-1");
  private static final StreamName NEW = StreamName.of("new-1");
  private static final ProposedEvent LAST_OLD = event("Closed").withId(new UUID(1, 1));

  /// More than the writer reads of the ids of the last events.
  private static final int NEW_EVENTS = 140_000;

  /// A store, closed cleanly.
  private record Sound(Map<String, byte[]> files, FormatV1.Chunk first) {
    byte[] bytes(String name) {
      return Objects.requireNonNull(files.get(name));
    }

    int firstEvents() {
      return first.records().size();
    }
  }

  private static final Sound SOUND = fill();

  private static Sound fill() {
    var disk = new FaultyDisk(1);
    try (var store = open(disk, false)) {
      for (var i = 0; i < 3; i++) {
        store.append(OLD, ExpectedState.any(), event("Opened"));
      }
      store.append(OLD, ExpectedState.atRevision(2), LAST_OLD);
      for (var i = 0; i < NEW_EVENTS; i += 1000) {
        store.append(NEW, ExpectedState.any(), Collections.nCopies(1000, event("Paid")));
      }
      assertThat(store.stats().chunks()).isGreaterThan(20);
    }
    return new Sound(disk.contents(), FormatV1.chunk(disk.bytes(FIRST)));
  }

  private static ProposedEvent event(String type) {
    return ProposedEvent.binary(type, new byte[1]);
  }

  private static LocalEventStore open(FaultyDisk disk, boolean readOnly) {
    var options = StoreRig.options(1, CHUNK_BYTES);
    return LocalEventStore.on(
        disk,
        disk,
        readOnly ? options.forReadingOnly() : options,
        new IndexOptions(
            20_000, 4, KeyHash.STANDARD, readOnly, false, Long.MAX_VALUE, Runnable::run));
  }

  private static FaultyDisk disk() {
    var disk = new FaultyDisk(1);
    SOUND.files.forEach(disk::put);
    return disk;
  }

  /// One offset of one record is another.
  private static FaultyDisk damaged() {
    var disk = disk();
    disk.flip(FIRST, SOUND.first.commitsEnd() + 4, 3);
    return disk;
  }

  private static List<RecordedEvent> all(LocalEventStore store, long from) {
    return store.readAll(ReadOptions.forwards().from(from)).events();
  }

  private static void assertNamesThePlace(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("faulty:" + FIRST)
        .hasMessageContaining("footer checksum")
        .hasMessageContaining("events 0 to %d cannot be read".formatted(SOUND.firstEvents() - 1));
    var corrupt = (CorruptLogException) thrown;
    assertThat(corrupt.file()).isEqualTo("faulty:" + FIRST);
    assertThat(corrupt.offset())
        .isBetween(SOUND.first.commitsEnd(), (long) SOUND.bytes(FIRST).length);
  }

  @Test
  void whoever_reads_the_chunk_is_told_and_nobody_else_notices() {
    try (var store = open(damaged(), false)) {
      for (var again = 0; again < 2; again++) {
        assertThatThrownBy(() -> store.read(OLD, ReadOptions.forwards()).events())
            .satisfies(LateDamageTest::assertNamesThePlace);
        assertThatThrownBy(() -> all(store, 0)).satisfies(LateDamageTest::assertNamesThePlace);
        assertThat(all(store, SOUND.firstEvents())).hasSize(NEW_EVENTS + 5 - SOUND.firstEvents());
      }
      assertThat(store.read(NEW, ReadOptions.backwards().limit(3)).events()).hasSize(3);
    }
  }

  @Test
  void appends_that_do_not_rest_on_it_are_written_and_those_that_do_are_refused() {
    var disk = damaged();
    try (var store = open(disk, false)) {
      // A repetition: only the damaged chunk could tell that it is one.
      assertThatThrownBy(() -> store.append(OLD, ExpectedState.atRevision(2), LAST_OLD))
          .satisfies(LateDamageTest::assertNamesThePlace);
      assertThatThrownBy(() -> store.append(OLD, ExpectedState.noStream(), event("Opened")))
          .isInstanceOfAny(CorruptLogException.class, WrongExpectedStateException.class);
      // The revision is known to the index.
      assertThat(store.append(OLD, ExpectedState.atRevision(3), event("Reopened")).position())
          .hasValue(NEW_EVENTS + 5);
      store.append(NEW, ExpectedState.any(), event("Paid"));
      store.append(StreamName.of("fresh-1"), ExpectedState.noStream(), event("Opened"));
    }
    disk.put(FIRST, SOUND.bytes(FIRST));
    try (var store = open(disk, false)) {
      assertThat(all(store, 0)).hasSize(NEW_EVENTS + 5 + 3);
      assertThat(store.read(OLD, ReadOptions.forwards()).events())
          .extracting(RecordedEvent::revision)
          .containsExactly(0L, 1L, 2L, 3L, 4L);
    }
    assertThat(StoreCheck.check(disk, StoreCheck.Progress.none()).damages()).isEmpty();
  }

  @Test
  void a_check_a_backup_and_a_scavenge_find_it() throws Exception {
    var disk = damaged();
    assertThat(StoreCheck.check(disk, StoreCheck.Progress.none()).damages())
        .singleElement()
        .satisfies(damage -> {
          assertThat(damage.file()).isEqualTo("faulty:" + FIRST);
          assertThat(damage.finding()).contains("footer checksum");
        });
    try (var store = open(disk, false)) {
      assertThatThrownBy(() -> store.backup(new FaultyDisk(2)))
          .isInstanceOf(CorruptLogException.class)
          .hasMessageContaining("faulty:" + FIRST);
      var before = disk.bytes(FIRST);
      var scavenged = store.scavenge(ScavengeOptions.defaults()).await();
      assertThat(scavenged.outcome()).isEqualTo(ScavengeProgress.Outcome.ERRORED);
      assertThat(scavenged.reason()).contains(FIRST);
      assertThat(disk.bytes(FIRST)).isEqualTo(before);
    }
  }

  @Test
  void reading_only_goes_around_it_and_says_so() {
    try (var store = open(damaged(), true)) {
      assertThat(store.damage()).isEmpty();
      assertThat(all(store, 0)).hasSize(NEW_EVENTS + 5);
      assertThat(store.read(OLD, ReadOptions.forwards()).events()).hasSize(4);
      assertThat(store.damage())
          .hasValueSatisfying(damage -> assertThat(damage.file()).isEqualTo("faulty:" + FIRST));
    }
  }

  @Test
  void the_position_at_a_time_is_found_without_it() {
    var disk = damaged();
    disk.flip(SECOND, FormatV1.chunk(disk.bytes(SECOND)).commitsEnd() + 4, 3);
    try (var store = open(disk, false);
        var whole = open(disk(), false)) {
      var last = all(whole, NEW_EVENTS).getLast();
      var behind = last.recorded().plusSeconds(1);
      assertThat(store.positionAt(behind)).isEqualTo(whole.positionAt(behind));
    }
  }

  @Test
  void how_much_a_footer_claims_is_not_believed_when_the_next_chunk_says_otherwise() {
    var disk = disk();
    // n: one record less, and the footer begins four bytes later, so that the size agrees.
    disk.put(FIRST, oneRecordLess(disk.bytes(FIRST)));
    assertThatThrownBy(() -> open(disk, false).close())
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("faulty:" + FIRST)
        .hasMessageContaining("footer checksum");
    try (var store = open(disk, true)) {
      assertThat(all(store, 0)).hasSize(NEW_EVENTS + 5);
      assertThat(store.damage()).isPresent();
    }
  }

  private static byte[] oneRecordLess(byte[] chunk) {
    var bytes = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    var trailer = chunk.length - 64;
    bytes.putLong(trailer, bytes.getLong(trailer) - 1);
    bytes.putLong(trailer + 24, bytes.getLong(trailer + 24) + 4);
    return chunk;
  }
}
