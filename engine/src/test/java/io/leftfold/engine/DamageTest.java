// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.EventRead;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.index.IndexOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What is durable and no longer what it was is never cut: the store is not opened for writing,
/// nothing is changed, everything else can be read, and a check finds the place.
@ExtendWith(QuietEngine.class)
final class DamageTest {

  private static final String FIRST = "chunk-000000.log";
  private static final String SECOND = "chunk-000001.log";
  private static final String MARK = "durable.mark";

  /// A store of some chunks, closed cleanly, and what was in it.
  private record Sound(Map<String, byte[]> files, List<RecordedEvent> events, long seed) {

    static Sound by(long seed) {
      return by(seed, new StoreRig(seed, 4 << 10));
    }

    static Sound by(long seed, StoreRig rig) {
      var disk = new FaultyDisk(seed);
      List<RecordedEvent> events;
      try (var store = rig.open(disk)) {
        while (store.stats().chunks() < 4) {
          rig.appendBurst(store, 2);
        }
        rig.appendBurst(store, 3);
        events = store.readAll(ReadOptions.forwards()).events();
      }
      return new Sound(disk.contents(), events, seed);
    }

    String lastChunk() {
      return new TreeMap<>(files).headMap(MARK).lastKey();
    }

    FormatV1.Chunk chunk(String name) {
      return FormatV1.chunk(bytes(name));
    }

    byte[] bytes(String name) {
      return java.util.Objects.requireNonNull(files.get(name));
    }

    Damaged damaged() {
      var disk = new FaultyDisk(seed);
      files.forEach(disk::put);
      return new Damaged(this, disk);
    }
  }

  /// The same store after an accident.
  private record Damaged(Sound sound, FaultyDisk disk) {

    Damaged flip(String file, long offset) {
      disk.flip(file, offset, (int) (offset % 8));
      return this;
    }

    Damaged remove(String file) {
      disk.remove(file);
      return this;
    }

    Damaged truncate(String file, int size) {
      disk.put(file, Arrays.copyOf(sound.bytes(file), size));
      return this;
    }

    /// Opening for writing fails and says where; nothing is changed by it.
    Damaged isRefused(String file, long earliest, long latest) {
      var before = disk.contents();
      var refused =
          catchThrowableOfType(
              CorruptLogException.class,
              () -> LocalEventStore.on(disk, StoreRig.options(1, 4 << 10)).close());
      assertThat(refused).as("opening for writing").isNotNull();
      assertThat(refused.file()).isEqualTo("faulty:" + file);
      assertThat(refused.offset()).isBetween(earliest, latest);
      assertThat(refused)
          .hasMessageContaining("faulty:" + file)
          .hasMessageContaining("at byte " + refused.offset())
          .hasMessageMatching(".*(expected|missing).*");
      assertIsUnchanged(before);
      return this;
    }

    /// The store is opened for writing and gives every event: what is damaged, nothing rests on.
    Damaged isOpenedAndWhole() {
      var copy = new FaultyDisk(sound.seed);
      disk.contents().forEach(copy::put);
      try (var store = LocalEventStore.on(copy, StoreRig.options(1, 4 << 10))) {
        assertThat(store.readAll(ReadOptions.forwards()).events()).isEqualTo(sound.events);
      }
      return this;
    }

    /// A check finds it, and changes nothing.
    Damaged isFound(String file, long earliest, long latest) {
      var before = disk.contents();
      var report = StoreCheck.check(disk, StoreCheck.Progress.none());
      assertThat(report.damages())
          .as("damages")
          .anySatisfy(damage -> {
            assertThat(damage.file()).isEqualTo("faulty:" + file);
            assertThat(damage.offset()).isBetween(earliest, latest);
          });
      assertIsUnchanged(before);
      return this;
    }

    /// Opening for reading gives everything but these positions. Those at the very end are not
    /// known to have been; the store says that there is damage.
    Damaged losesOnly(Set<Long> lost) {
      var before = disk.contents();
      try (var store = LocalEventStore.on(disk, StoreRig.options(1, 4 << 10).forReadingOnly())) {
        for (var event : sound.events) {
          var one = ReadOptions.forwards().from(event.position()).limit(1);
          if (event.position() > store.lastPosition().orElseThrow()) {
            assertThat(lost).contains(event.position());
            assertThat(store.damage()).isPresent();
          } else if (lost.contains(event.position())) {
            assertThatThrownBy(() -> store.readAll(one).events())
                .as("position %d", event.position())
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("faulty:chunk-");
          } else {
            assertThat(store.readAll(one).events()).containsExactly(event);
          }
        }
        var touched =
            sound.events.stream()
                .filter(event -> lost.contains(event.position()))
                .map(RecordedEvent::stream)
                .toList();
        sound.events.stream()
            .map(RecordedEvent::stream)
            .distinct()
            .filter(stream -> !touched.contains(stream))
            .forEach(stream ->
                assertThat(store.read(stream, ReadOptions.forwards()).events())
                    .isEqualTo(
                        sound.events.stream()
                            .filter(event -> event.stream().equals(stream))
                            .toList()));
        touched.stream().distinct().forEach(stream -> isReadWithoutSilence(store, stream, lost));
        assertThatThrownBy(() ->
                store.append(
                    StreamName.of("s-1"), ExpectedState.any(), ProposedEvent.json("A", "{}")))
            .hasMessageContaining("for reading only");
      }
      assertIsUnchanged(before);
      return this;
    }

    /// A read of a stream gives what is whole, in order, and where something is missing between it
    /// says so.
    private void isReadWithoutSilence(LocalEventStore store, StreamName stream, Set<Long> lost) {
      if (store.state(stream) instanceof StreamState.Tombstoned
          || store.state(stream) instanceof StreamState.Deleted
          || stream.isMetastream()
          || store.metadata(stream).metastreamRevision() >= 0) {
        return;
      }
      var all = sound.events.stream().filter(event -> event.stream().equals(stream)).toList();
      var whole = all.stream().filter(event -> !lost.contains(event.position())).toList();
      var gaps = 0;
      for (var i = 0; i < whole.size(); i++) {
        var before = i == 0 ? -1 : whole.get(i - 1).revision();
        gaps += whole.get(i).revision() == before + 1 ? 0 : 1;
      }
      for (var options : List.of(ReadOptions.forwards(), ReadOptions.backwards())) {
        var read = goOnBehindDamage(store.read(stream, options));
        assertThat(read.given)
            .isEqualTo(
                options.direction() == ReadOptions.Direction.FORWARDS ? whole : whole.reversed());
        // Of a gap once, or of each lost event that the index knows.
        assertThat(read.told)
            .as("damage told of %s", stream)
            .isBetween(gaps, Math.max(gaps, all.size() - whole.size()));
      }
    }

    private void assertIsUnchanged(Map<String, byte[]> before) {
      var after = disk.contents();
      assertThat(after.keySet()).isEqualTo(before.keySet());
      after.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(before.get(name)));
    }
  }

  private static Set<Long> positions(List<FormatV1.Commit> commits) {
    var positions = new TreeSet<Long>();
    for (var commit : commits) {
      for (var i = 0; i < commit.records().size(); i++) {
        positions.add(commit.position() + i);
      }
    }
    return positions;
  }

  @Test
  void nothing_is_found_in_a_sound_store() {
    Seeds.each(
        10,
        seed -> {
          var sound = Sound.by(seed);
          var report = StoreCheck.check(sound.damaged().disk, StoreCheck.Progress.none());
          assertThat(report.damages()).isEmpty();
          assertThat(report.notes()).isEmpty();
          assertThat(report.events()).isEqualTo(sound.events.size());
          sound.damaged().losesOnly(Set.of());
        });
  }

  @Test
  void any_flipped_bit_of_any_commit_is_found_and_costs_no_more_than_that_commit() {
    Seeds.each(
        100,
        seed -> {
          var random = new Random(seed);
          var sound = Sound.by(seed);
          var name = sound.files.keySet().stream().toList().get(random.nextInt(4));
          var chunk = sound.chunk(name);
          var offset = 64 + random.nextLong(chunk.commitsEnd() - 64);
          var commit =
              chunk.commits().stream().filter(c -> offset < c.end()).findFirst().orElseThrow();
          var damaged = sound.damaged().flip(name, offset).isFound(name, commit.offset(), offset);
          var lost = lostByFlip(chunk, commit, offset);
          if (chunk.footer() == null) {
            damaged.isRefused(name, commit.offset(), commit.offset() + 8);
          } else if (!lost.isEmpty()) {
            // The writer reads the ids of the last 131,072 events.
            damaged.isRefused(name, commit.offset(), commit.end());
          } else {
            damaged.isOpenedAndWhole();
          }
          damaged.losesOnly(lost);
        });
  }

  @Test
  void damage_to_an_event_that_a_segment_knows_is_told_and_costs_that_event_alone() {
    Seeds.each(
        40,
        seed -> {
          var random = new Random(seed);
          var sound = Sound.by(seed, new StoreRig(seed, 4 << 10).withSmallIndex());
          var chunk = sound.chunk(FIRST);
          var place = random.nextInt(chunk.records().size());
          var record = chunk.records().get(place);
          var disk = sound.damaged().disk;
          disk.flip(FIRST, record.offset() + 8 + random.nextInt(record.length() - 8), 3);
          var before = disk.contents();
          try (var store =
              LocalEventStore.on(
                  disk,
                  disk,
                  StoreRig.options(1, 4 << 10).forReadingOnly(),
                  IndexOptions.standard(100_000, true, Runnable::run))) {
            assertThat(store.lastPosition()).contains(sound.events.getLast().position());
            var stream = sound.events.get(place).stream();
            var least = store.indexState().segmentEvents() > place ? 1 : 0;
            for (var options : List.of(ReadOptions.forwards(), ReadOptions.backwards())) {
              assertThat(givenWithoutDamage(store.read(stream, options), least))
                  .containsExactlyInAnyOrderElementsOf(
                      sound.events.stream()
                          .filter(
                              event -> event.stream().equals(stream) && event.position() != place)
                          .toList());
            }
            assertThat(givenWithoutDamage(store.readAll(ReadOptions.forwards()), 1))
                .hasSize(sound.events.size() - 1);
          }
          assertThat(disk.contents().keySet()).isEqualTo(before.keySet());
        });
  }

  /// All that a read gives, going on after damage, of which it tells.
  private static List<RecordedEvent> givenWithoutDamage(EventRead read, int toldAtLeast) {
    var all = goOnBehindDamage(read);
    assertThat(all.told).as("damage told").isBetween(toldAtLeast, 2);
    return all.given;
  }

  /// What a read gave, and how often it told of damage.
  private record Given(List<RecordedEvent> given, int told) {}

  private static Given goOnBehindDamage(EventRead read) {
    var given = new ArrayList<RecordedEvent>();
    var told = 0;
    while (true) {
      try {
        if (!read.iterator().hasNext()) {
          return new Given(given, told);
        }
        given.add(read.iterator().next().original());
      } catch (CorruptLogException e) {
        told++;
      }
    }
  }

  /// A sealed chunk knows where each record is, so only what cannot be vouched for is lost.
  private static Set<Long> lostByFlip(FormatV1.Chunk chunk, FormatV1.Commit commit, long offset) {
    var inCommit = offset - commit.offset();
    if (chunk.footer() == null || (inCommit >= 16 && inCommit < 24)) {
      return positions(List.of(commit));
    }
    for (var i = 0; i < commit.records().size(); i++) {
      var record = commit.records().get(i);
      if (offset >= record.offset() && offset < record.offset() + record.length()) {
        return Set.of(commit.position() + i);
      }
    }
    return Set.of();
  }

  @Test
  void any_flipped_bit_of_a_header_is_found_and_costs_nothing() {
    var sound = Sound.by(4711);
    for (var name : List.of(FIRST, SECOND, sound.lastChunk())) {
      for (var offset = 0; offset < 64; offset++) {
        sound
            .damaged()
            .flip(name, offset)
            .isRefused(name, 0, 63)
            .isFound(name, 0, 63)
            .losesOnly(Set.of());
      }
    }
  }

  @Test
  void any_flipped_bit_of_a_footer_is_found_and_costs_nothing() {
    Seeds.each(
        5,
        seed -> {
          var sound = Sound.by(seed);
          var end = sound.bytes(SECOND).length;
          for (var offset = sound.chunk(SECOND).commitsEnd(); offset < end; offset++) {
            sound
                .damaged()
                .flip(SECOND, offset)
                .isRefused(SECOND, sound.chunk(SECOND).commitsEnd(), end)
                .isFound(SECOND, sound.chunk(SECOND).commitsEnd(), end)
                .losesOnly(Set.of());
          }
        });
  }

  @Test
  void a_chunk_that_is_missing_is_missed() {
    var sound = Sound.by(12);
    sound
        .damaged()
        .remove(SECOND)
        .isRefused(SECOND, 0, 0)
        .isFound(SECOND, 0, 0)
        .losesOnly(positions(sound.chunk(SECOND).commits()));
    sound
        .damaged()
        .remove(FIRST)
        .isRefused(FIRST, 0, 0)
        .isFound(FIRST, 0, 0)
        .losesOnly(positions(sound.chunk(FIRST).commits()));
  }

  @Test
  void the_last_chunk_is_missed_after_a_clean_close() {
    var sound = Sound.by(13);
    var damaged =
        sound
            .damaged()
            .remove(sound.lastChunk())
            .isRefused(sound.lastChunk(), 0, 0)
            .isFound(sound.lastChunk(), 0, 0);
    var kept = sound.chunk(sound.lastChunk()).firstPosition();
    try (var store =
        LocalEventStore.on(damaged.disk, StoreRig.options(1, 4 << 10).forReadingOnly())) {
      assertThat(store.damage()).isPresent();
      assertThat(store.readAll(ReadOptions.forwards()).events())
          .isEqualTo(sound.events.subList(0, (int) kept));
    }
  }

  @Test
  void all_chunks_are_missed_after_a_clean_close() {
    var sound = Sound.by(14);
    var damaged = sound.damaged();
    sound.files.keySet().stream().filter(name -> !name.equals(MARK)).forEach(damaged::remove);
    damaged.isRefused(FIRST, 0, 0).isFound(FIRST, 0, 0);
  }

  @Test
  void a_last_commit_that_rots_after_a_clean_close_is_not_taken_for_a_torn_one() {
    Seeds.each(
        40,
        seed -> {
          var sound = Sound.by(seed);
          var last = sound.lastChunk();
          var commit = sound.chunk(last).commits().getLast();
          var offset = commit.offset() + new Random(seed).nextInt(commit.length());
          sound
              .damaged()
              .flip(last, offset)
              .isRefused(last, commit.offset(), offset)
              .isFound(last, commit.offset(), offset);
        });
  }

  @Test
  void a_truncated_chunk_is_missed_after_a_clean_close() {
    Seeds.each(
        30,
        seed -> {
          var sound = Sound.by(seed);
          var last = sound.lastChunk();
          var size = new Random(seed).nextInt((int) sound.chunk(last).commitsEnd());
          sound.damaged().truncate(last, size).isRefused(last, 0, size).isFound(last, 0, size);
          size = new Random(seed).nextInt(sound.bytes(SECOND).length);
          sound
              .damaged()
              .truncate(SECOND, size)
              .isRefused(SECOND, 0, size)
              .isFound(SECOND, 0, size);
        });
  }

  @Test
  void a_damaged_middle_of_the_last_chunk_is_not_cut_even_without_a_mark() {
    Seeds.each(
        40,
        seed -> {
          var sound = Sound.by(seed);
          var last = sound.lastChunk();
          var commits = sound.chunk(last).commits();
          var batchOfLast = commits.getLast().durableEnd();
          var before = commits.stream().filter(c -> c.offset() < batchOfLast).toList();
          if (before.isEmpty()) {
            return;
          }
          var commit = before.get(new Random(seed).nextInt(before.size()));
          var offset = commit.offset() + new Random(seed).nextInt(commit.length());
          sound
              .damaged()
              .remove(MARK)
              .flip(last, offset)
              .isRefused(last, commit.offset(), offset)
              .isFound(last, commit.offset(), offset)
              .losesOnly(positions(List.of(commit)));
        });
  }

  @Test
  void a_chunk_of_another_store_or_another_place_is_not_taken_for_one_of_this() {
    var sound = Sound.by(15);
    var other = Sound.by(16);
    var damaged = sound.damaged();
    damaged.disk.put(SECOND, other.bytes(SECOND));
    damaged.isRefused(SECOND, 16, 16).isFound(SECOND, 16, 16);

    damaged = sound.damaged();
    damaged.disk.put(SECOND, sound.bytes(FIRST));
    damaged
        .isRefused(SECOND, 32, 32)
        .isFound(SECOND, 32, 32)
        .losesOnly(positions(sound.chunk(SECOND).commits()));
  }

  @Test
  void two_damages_are_both_found() {
    var sound = Sound.by(17);
    var first = sound.chunk(FIRST).commits().get(1);
    var second = sound.chunk(SECOND).commits().getFirst();
    var third = sound.chunk(SECOND).commits().getLast();
    assertThat(sound.chunk(SECOND).commits()).hasSizeGreaterThan(2);
    sound
        .damaged()
        .flip(FIRST, first.offset() + 60)
        .flip(SECOND, second.offset() + 5)
        .flip(SECOND, third.offset() + 5)
        .isFound(FIRST, first.offset(), first.offset() + 60)
        .isFound(SECOND, second.offset(), second.offset() + 5)
        .isFound(SECOND, third.offset(), third.offset() + 5);
  }

  @Test
  void swapped_commits_are_found_although_each_was_whole() {
    var sound = Sound.by(18);
    var chunk = sound.chunk(FIRST);
    var a = chunk.commits().get(1);
    var b = chunk.commits().get(2);
    var bytes = sound.bytes(FIRST).clone();
    var swapped = new byte[a.length() + b.length()];
    System.arraycopy(bytes, (int) b.offset(), swapped, 0, b.length());
    System.arraycopy(bytes, (int) a.offset(), swapped, b.length(), a.length());
    System.arraycopy(swapped, 0, bytes, (int) a.offset(), swapped.length);
    var damaged = sound.damaged();
    damaged.disk.put(FIRST, bytes);
    damaged.isRefused(FIRST, a.offset(), b.end()).isFound(FIRST, a.offset(), a.offset());
  }

  @Test
  void data_that_holds_a_copy_of_the_log_is_not_mistaken_for_it() {
    Seeds.each(
        40,
        seed -> {
          var random = new Random(seed);
          var copied = Sound.by(seed);
          var disk = new FaultyDisk(seed);
          var rig = new StoreRig(seed, 64 << 10);
          try (var store = rig.open(disk)) {
            rig.appendBurst(store, 2);
            for (var name : copied.files.keySet()) {
              store.append(
                  StreamName.of("copies"),
                  ExpectedState.any(),
                  ProposedEvent.binary("Copied", copied.bytes(name)),
                  ProposedEvent.binary("Copied", disk.bytes(FIRST)));
              disk.powerFailsAt(disk.operations() + 1 + random.nextInt(10));
            }
          } catch (io.leftfold.api.UnavailableException powerFailed) {
            // Somewhere in the middle of a copy.
          }
          disk = disk.afterPowerFailure();
          try (var store = rig.open(disk)) {
            assertThat(store.readAll(ReadOptions.forwards()).events())
                .allMatch(event -> event.position() < 50);
          }
          assertThat(StoreCheck.check(disk, StoreCheck.Progress.none()).damages()).isEmpty();
        });
  }
}
