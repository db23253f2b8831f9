// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.disk.MemoryDisk;
import io.leftfold.engine.log.EncodedRecords;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.LogOptions;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class RecentIdsTest {

  private final RecentIds ids = new RecentIds(42);
  private final long stream = ids.keyOf(StreamName.of("account-1"));
  private final long other = ids.keyOf(StreamName.of("account-2"));

  @Test
  void the_last_ids_are_found_and_those_before_are_forgotten() {
    var count = 3 * RecentIds.CAPACITY + 7;
    var random = new SplittableRandom(1);
    var high = new long[count];
    var low = new long[count];
    for (var i = 0; i < count; i++) {
      // Few different upper halves: runs of full slots, with holes to be closed, come about.
      high[i] = random.nextInt(8);
      low[i] = random.nextLong();
      ids.add(high[i], low[i], stream, i, 2L * i);
    }

    for (var i = 0; i < count; i++) {
      var entry = ids.find(high[i], low[i], stream);
      if (i < count - 2 * RecentIds.CAPACITY) {
        assertThat(entry).as("id %d", i).isNegative();
      } else if (i >= count - RecentIds.CAPACITY) {
        assertThat(ids.revision(entry)).as("id %d", i).isEqualTo(i);
        assertThat(ids.position(entry)).as("id %d", i).isEqualTo(2L * i);
      }
    }
  }

  @Test
  void opening_reads_the_ids_of_as_many_as_a_number_of_bytes_holds() throws IOException {
    var event = ProposedEvent.binary("Opened", new byte[200]).withId(new UUID(1, 2));
    var records = EncodedRecords.of(StreamName.of("account-1"), List.of(event));
    var options = new LogOptions(4096, true, false);
    try (var log = Log.open(new MemoryDisk(), options, () -> new UUID(3, 4), Clock.systemUTC())) {
      var writer = log.writer();
      for (var i = 0; i < 60; i++) {
        if (!writer.fits(records.byteCount(), 1)) {
          writer.roll(records.byteCount(), 1);
        }
        writer.begin();
        writer.add(records, i);
        writer.end();
        writer.flush();
        writer.publish();
      }
      assertThat(Committer.firstRemembered(log, 60, 1 << 20)).isZero();
      var bytes = 10_000;
      var first = Committer.firstRemembered(log, 60, bytes);
      assertThat(log.bytesBetween(first, 60)).isBetween(bytes - 1000L, (long) bytes);
      assertThat(first).isBetween(60 - bytes / 200L, 40L);
      assertThat(Committer.firstRemembered(log, 60, 0)).isGreaterThanOrEqualTo(59);
    }
  }

  @Test
  void what_was_only_noted_is_found_as_if_it_had_been_added() {
    var records =
        EncodedRecords.of(
            StreamName.of("account-1"),
            List.of(
                ProposedEvent.json("Opened", "{}").withId(new UUID(1, 1)),
                ProposedEvent.json("Closed", "{}").withId(new UUID(1, 2))));
    ids.note(stream, 5, 50, records);

    var second = ids.find(1, 2, stream);
    assertThat(ids.revision(second)).isEqualTo(6);
    assertThat(ids.position(second)).isEqualTo(51);
    assertThat(ids.revision(ids.find(1, 1, stream))).isEqualTo(5);
  }

  @Test
  void an_id_is_found_in_its_own_stream_only() {
    ids.add(1, 2, stream, 0, 10);

    assertThat(ids.find(1, 2, other)).isNegative();
    assertThat(ids.find(1, 3, stream)).isNegative();
  }

  @Test
  void of_two_entries_of_one_id_the_newer_is_found() {
    ids.add(1, 2, stream, 0, 10);
    ids.add(1, 2, other, 0, 11);
    ids.add(1, 2, stream, 1, 12);

    assertThat(ids.position(ids.find(1, 2, stream))).isEqualTo(12);
    assertThat(ids.position(ids.find(1, 2, other))).isEqualTo(11);
  }

  @Test
  void one_id_again_and_again_takes_one_slot_of_each_stream() {
    for (var i = 0; i < 2 * RecentIds.CAPACITY; i++) {
      ids.add(1, 2, i % 2 == 0 ? stream : other, i, i);
    }

    assertThat(ids.revision(ids.find(1, 2, stream))).isEqualTo(2L * RecentIds.CAPACITY - 2);
    assertThat(ids.revision(ids.find(1, 2, other))).isEqualTo(2L * RecentIds.CAPACITY - 1);

    for (var i = 0; i < 2 * RecentIds.CAPACITY; i++) {
      ids.add(3, i, stream, i, i);
    }

    assertThat(ids.find(1, 2, stream)).isNegative();
    assertThat(ids.find(1, 2, other)).isNegative();
  }

  @Test
  void one_id_in_many_streams_is_found_in_each() {
    for (var i = 0; i < RecentIds.CAPACITY; i++) {
      ids.add(1, 2, ids.keyOf(StreamName.of("account-" + i)), i, i);
    }

    for (var i = 0; i < RecentIds.CAPACITY; i++) {
      assertThat(ids.position(ids.find(1, 2, ids.keyOf(StreamName.of("account-" + i)))))
          .isEqualTo(i);
    }
  }
}
