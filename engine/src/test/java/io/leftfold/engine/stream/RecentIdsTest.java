// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.StreamName;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RecentIdsTest {

  private static final StreamName STREAM = StreamName.of("account-1");
  private static final StreamName OTHER = StreamName.of("account-2");

  private final RecentIds ids = new RecentIds(42);

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
      ids.add(high[i], low[i], STREAM, i, 2L * i);
    }

    for (var i = 0; i < count; i++) {
      var entry = ids.find(high[i], low[i], STREAM);
      if (i < count - RecentIds.CAPACITY) {
        assertThat(entry).as("id %d", i).isNegative();
      } else {
        assertThat(ids.revision(entry)).as("id %d", i).isEqualTo(i);
        assertThat(ids.position(entry)).as("id %d", i).isEqualTo(2L * i);
      }
    }
  }

  @Test
  void an_id_is_found_in_its_own_stream_only() {
    ids.add(1, 2, STREAM, 0, 10);

    assertThat(ids.find(1, 2, OTHER)).isNegative();
    assertThat(ids.find(1, 3, STREAM)).isNegative();
  }

  @Test
  void of_two_entries_of_one_id_the_newer_is_found() {
    ids.add(1, 2, STREAM, 0, 10);
    ids.add(1, 2, OTHER, 0, 11);
    ids.add(1, 2, STREAM, 1, 12);

    assertThat(ids.position(ids.find(1, 2, STREAM))).isEqualTo(12);
    assertThat(ids.position(ids.find(1, 2, OTHER))).isEqualTo(11);
  }

  @Test
  void one_id_again_and_again_takes_one_slot_of_each_stream() {
    for (var i = 0; i < 2 * RecentIds.CAPACITY; i++) {
      ids.add(1, 2, i % 2 == 0 ? STREAM : OTHER, i, i);
    }

    assertThat(ids.revision(ids.find(1, 2, STREAM))).isEqualTo(2L * RecentIds.CAPACITY - 2);
    assertThat(ids.revision(ids.find(1, 2, OTHER))).isEqualTo(2L * RecentIds.CAPACITY - 1);

    for (var i = 0; i < RecentIds.CAPACITY; i++) {
      ids.add(3, i, STREAM, i, i);
    }

    assertThat(ids.find(1, 2, STREAM)).isNegative();
    assertThat(ids.find(1, 2, OTHER)).isNegative();
  }

  @Test
  void one_id_in_many_streams_is_found_in_each() {
    for (var i = 0; i < RecentIds.CAPACITY; i++) {
      ids.add(1, 2, StreamName.of("account-" + i), i, i);
    }

    for (var i = 0; i < RecentIds.CAPACITY; i++) {
      assertThat(ids.position(ids.find(1, 2, StreamName.of("account-" + i)))).isEqualTo(i);
    }
  }
}
