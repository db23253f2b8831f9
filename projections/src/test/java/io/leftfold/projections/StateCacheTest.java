// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class StateCacheTest {

  private static final int ROOM_FOR_THREE = 500;

  private final Texts store = new Texts();

  /// Keeps what is written, and counts who asks.
  private static final class Texts implements StateStore {
    private final Map<String, String> texts = new HashMap<>();
    private int asked;

    @Override
    public Optional<Stored> partition(String partition) {
      asked++;
      return Optional.ofNullable(texts.get(partition)).map(text -> new Stored(text, 7, 5));
    }

    @Override
    public Optional<String> shared() {
      return Optional.empty();
    }
  }

  private void put(StateCache cache, long step, String partition) {
    store.texts.put(partition, "of " + partition);
    cache.put(step, partition, "of " + partition, 7);
  }

  @Test
  void what_is_not_written_stays_however_little_room_there_is() {
    var cache = new StateCache(store, ROOM_FOR_THREE);
    for (var partition = 0; partition < 10; partition++) {
      put(cache, 1, "p" + partition);
    }
    assertThat(cache.size()).isEqualTo(10);
    assertThat(cache.evictions()).isZero();
    cache.written(0);
    assertThat(cache.size()).isEqualTo(10);
    cache.written(1);
    assertThat(cache.size()).isEqualTo(3);
    assertThat(cache.bytes()).isLessThanOrEqualTo(ROOM_FOR_THREE);
    assertThat(cache.evictions()).isEqualTo(7);

    store.asked = 0;
    for (var partition = 0; partition < 10; partition++) {
      assertThat(cache.state("p" + partition)).contains("of p" + partition);
      assertThat(cache.result("p" + partition)).isEqualTo(7);
    }
    assertThat(store.asked).isEqualTo(10);
    assertThat(cache.size()).isEqualTo(3);
  }

  @Test
  void those_used_least_recently_go_first() {
    var cache = new StateCache(store, ROOM_FOR_THREE);
    put(cache, 1, "a");
    put(cache, 1, "b");
    put(cache, 1, "c");
    cache.written(1);
    assertThat(cache.state("b")).isPresent();
    put(cache, 2, "d");
    put(cache, 2, "e");
    cache.written(2);
    store.asked = 0;
    assertThat(cache.state("b")).isPresent();
    assertThat(cache.state("e")).isPresent();
    assertThat(store.asked).isZero();
    assertThat(cache.state("c")).isPresent();
    assertThat(store.asked).isEqualTo(1);
  }

  @Test
  void where_nothing_was_saved_before_nobody_is_asked_until_a_state_had_to_go() {
    var cache = new StateCache(store, ROOM_FOR_THREE, true);
    for (var partition = 0; partition < 3; partition++) {
      assertThat(cache.isNew("p" + partition)).isTrue();
      put(cache, 1, "p" + partition);
    }
    cache.written(1);
    assertThat(store.asked).isZero();
    assertThat(cache.isNew("p3")).isTrue();
    assertThat(cache.isNew("p0")).isFalse();
    assertThat(cache.state("p1")).contains("of p1");
    assertThat(store.asked).isPositive();
  }
}
