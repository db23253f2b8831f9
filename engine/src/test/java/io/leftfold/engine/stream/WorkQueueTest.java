// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.LeftfoldException;
import io.leftfold.engine.stream.WorkQueue.Offer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class WorkQueueTest {

  private static final int CALLERS = 16;
  private static final int PIECES = 2_000;

  /// The n-th piece of work of a caller.
  private record Piece(int caller, int number) implements Completion {
    @Override
    public void completed(AppendResult result) {}

    @Override
    public void failed(LeftfoldException reason) {}

    static Piece of(Work work) {
      return (Piece) work.completion();
    }

    Work ofBytes(long bytes) {
      return new Work.Append(Commit.of(), List.of(), List.of(), bytes, this);
    }
  }

  private static Work work(int number, long bytes) {
    return new Piece(0, number).ofBytes(bytes);
  }

  private static List<Integer> take(WorkQueue queue) {
    var taken = new ArrayList<Work>();
    queue.takeAll(taken);
    return taken.stream().map(work -> Piece.of(work).number()).toList();
  }

  @Test
  void what_was_handed_in_first_is_taken_first() {
    var queue = new WorkQueue(10, 1000);
    for (var i = 0; i < 5; i++) {
      assertThat(queue.offer(work(i, 1))).isEqualTo(Offer.TAKEN);
    }

    assertThat(queue.length()).isEqualTo(5);
    assertThat(take(queue)).containsExactly(0, 1, 2, 3, 4);
    assertThat(queue.length()).isZero();
    assertThat(take(queue)).isEmpty();
  }

  @Test
  void a_full_queue_refuses_until_it_is_taken_from() {
    var queue = new WorkQueue(3, 100);

    assertThat(queue.offer(work(0, 60))).isEqualTo(Offer.TAKEN);
    assertThat(queue.offer(work(1, 41))).as("too many bytes").isEqualTo(Offer.FULL);
    assertThat(queue.offer(work(1, 40))).isEqualTo(Offer.TAKEN);
    assertThat(queue.offer(work(2, 0))).isEqualTo(Offer.TAKEN);
    assertThat(queue.offer(work(3, 0))).as("too many").isEqualTo(Offer.FULL);

    assertThat(take(queue)).containsExactly(0, 1, 2);
    assertThat(queue.offer(work(3, 100))).isEqualTo(Offer.TAKEN);
  }

  @Test
  void an_empty_queue_takes_a_piece_of_any_size() {
    var queue = new WorkQueue(3, 100);

    assertThat(queue.offer(work(0, 1L << 40))).isEqualTo(Offer.TAKEN);
    assertThat(queue.offer(work(1, 0))).isEqualTo(Offer.FULL);
    assertThat(take(queue)).containsExactly(0);
  }

  @Test
  void a_closed_queue_gives_what_it_holds_and_takes_no_more() {
    var queue = new WorkQueue(3, 100);
    assertThat(queue.offer(work(0, 1))).isEqualTo(Offer.TAKEN);

    queue.close();

    assertThat(queue.offer(work(1, 1))).isEqualTo(Offer.CLOSED);
    assertThat(queue.put(work(1, 1))).isFalse();
    assertThat(queue.awaitWork()).isTrue();
    assertThat(take(queue)).containsExactly(0);
    assertThat(queue.awaitWork()).isFalse();
  }

  /// Bounds so narrow that callers wait for room, and the writer for work, all the time.
  @RepeatedTest(5)
  void crowds_are_taken_whole_and_each_in_its_own_order() throws Exception {
    var queue = new WorkQueue(4, 1000);
    var next = new int[CALLERS];
    var callers = new ArrayList<Future<?>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var caller = 0; caller < CALLERS; caller++) {
        var number = caller;
        callers.add(threads.submit(() -> handIn(queue, number)));
      }
      var taken = new ArrayList<Work>();
      for (var left = CALLERS * PIECES; left > 0; left -= taken.size()) {
        taken.clear();
        assertThat(queue.awaitWork()).isTrue();
        queue.takeAll(taken);
        assertThat(taken).hasSizeLessThanOrEqualTo(4);
        for (var work : taken) {
          var piece = Piece.of(work);
          assertThat(piece.number()).isEqualTo(next[piece.caller()]++);
        }
      }
    }
    for (var caller : callers) {
      caller.get();
    }
    assertThat(next).containsOnly(PIECES);
    assertThat(queue.length()).isZero();
  }

  private static void handIn(WorkQueue queue, int caller) {
    for (var i = 0; i < PIECES; i++) {
      if (!queue.put(new Piece(caller, i).ofBytes(i % 7))) {
        throw new IllegalStateException("The queue is closed");
      }
    }
  }

  /// Closing while callers hand in: what was taken into the queue comes out, the rest is refused.
  @RepeatedTest(20)
  void whoever_was_not_refused_at_closing_is_taken() throws Exception {
    var queue = new WorkQueue(64, 1000);
    var accepted = new AtomicInteger();
    var taken = new ArrayList<Work>();
    var count = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var caller = 0; caller < CALLERS; caller++) {
        var number = caller;
        threads.execute(() -> {
          for (var i = 0; queue.put(new Piece(number, i).ofBytes(1)); i++) {
            accepted.incrementAndGet();
          }
        });
      }
      while (queue.awaitWork()) {
        queue.takeAll(taken);
        count += taken.size();
        taken.clear();
        if (count > PIECES) {
          queue.close();
        }
      }
    }
    assertThat(count).isEqualTo(accepted.get());
  }
}
