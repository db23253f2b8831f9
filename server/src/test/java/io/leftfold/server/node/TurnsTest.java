// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.UnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Writes of many connections take turns.
@Timeout(60)
final class TurnsTest {

  private final List<String> begun = new ArrayList<>();
  private final ArrayDeque<Long> withWriter = new ArrayDeque<>();

  private void write(Turns turns, String connection, long bytes) {
    turns.begin(
        new Turns.Origin(connection, Runnable::run),
        bytes,
        () -> {
          begun.add(connection);
          withWriter.add(bytes);
        });
  }

  private void answer(Turns turns, int count) {
    for (var i = 0; i < count; i++) {
      turns.answered(withWriter.remove());
    }
  }

  @Test
  void while_there_is_room_nobody_waits() {
    var turns = new Turns(4, 1000, 10, 1000);
    for (var i = 0; i < 4; i++) {
      write(turns, "greedy", 1);
    }
    assertThat(begun).hasSize(4);
    assertThat(turns.waiting()).isZero();
  }

  @Test
  void who_has_thousands_waiting_lets_others_go_first() {
    var turns = new Turns(4, 1000, 10_000, 100_000);
    for (var i = 0; i < 5000; i++) {
      write(turns, "greedy", 1);
    }
    write(turns, "modest", 1);
    write(turns, "other", 1);
    assertThat(begun).hasSize(4).containsOnly("greedy");
    answer(turns, 2);
    answer(turns, 2);
    // Of six that had their turn, two are the others'.
    assertThat(begun.subList(4, begun.size())).contains("modest", "other");
  }

  @Test
  void each_connection_keeps_its_order() {
    var turns = new Turns(2, 1000, 1000, 1000);
    var order = new ArrayList<Integer>();
    for (var i = 0; i < 100; i++) {
      var number = i;
      turns.begin(new Turns.Origin("one", Runnable::run), 1, () -> order.add(number));
    }
    while (order.size() < 100) {
      turns.answered(1);
    }
    assertThat(order).isSorted().hasSize(100);
  }

  @Test
  void bytes_count_and_a_single_write_may_be_larger_than_all() {
    var turns = new Turns(100, 1000, 100, 1_000_000);
    write(turns, "one", 50_000);
    write(turns, "two", 10);
    assertThat(begun).containsExactly("one");
    answer(turns, 1);
    assertThat(begun).containsExactly("one", "two");
    answer(turns, 1);
    assertThat(turns.withWriterBytes()).isZero();
  }

  @Test
  void beyond_what_may_wait_a_write_is_refused_and_the_others_go_on() {
    var turns = new Turns(1, 1000, 3, 1000);
    for (var i = 0; i < 4; i++) {
      write(turns, "one", 1);
    }
    assertThatThrownBy(() -> write(turns, "two", 1))
        .isInstanceOf(UnavailableException.class)
        .hasMessage("3 appends with 3 bytes wait to be written already; try again in a moment");
    for (var i = 0; i < 4; i++) {
      answer(turns, 1);
    }
    assertThat(begun).hasSize(4);
    write(turns, "two", 1);
    assertThat(begun).hasSize(5);
    answer(turns, 1);
    assertThat(turns.withWriter() + turns.waiting()).isZero();
  }

  @Test
  void whatever_the_threads_do_each_write_is_begun_once_and_nothing_is_left() throws Exception {
    var turns = new Turns(8, 1000, 1_000_000, 1_000_000_000);
    var writes = 20_000;
    var connections = 6;
    var most = new AtomicInteger();
    var now = new AtomicInteger();
    var bytes = new AtomicLong();
    var done = new CountDownLatch(writes * connections);
    try (var writer = Executors.newSingleThreadExecutor();
        var loops = Executors.newFixedThreadPool(2);
        var callers = Executors.newFixedThreadPool(connections)) {
      for (var connection = 0; connection < connections; connection++) {
        var origin = new Turns.Origin(connection, loops);
        callers.execute(() -> {
          for (var i = 0; i < writes; i++) {
            var size = i % 400L;
            turns.begin(
                origin,
                size,
                () -> {
                  most.accumulateAndGet(now.incrementAndGet(), Math::max);
                  writer.execute(() -> {
                    now.decrementAndGet();
                    bytes.addAndGet(size);
                    turns.answered(size);
                    done.countDown();
                  });
                });
          }
        });
      }
      assertThat(done.await(50, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(most.get()).isLessThanOrEqualTo(8);
    assertThat(turns.withWriter()).isZero();
    assertThat(turns.withWriterBytes()).isZero();
    assertThat(turns.waiting()).isZero();
  }
}
