// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.StreamName;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RecentIdsTest {

  private static final StreamName STREAM = StreamName.of("account-1");
  private static final StreamName OTHER = StreamName.of("account-2");

  private final RecentIds ids = new RecentIds();

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
}
