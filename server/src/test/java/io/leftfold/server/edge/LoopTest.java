// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// In which order a [Loop] does what is wanted of it.
@Timeout(60)
class LoopTest {

  private final DefaultEventLoop eventLoop = new DefaultEventLoop();
  private final Loop loop = new Loop(eventLoop);
  private final ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  @AfterEach
  void close() {
    eventLoop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS).syncUninterruptibly();
  }

  @Test
  void tasks_are_done_before_slices_however_many_of_those_wait() throws Exception {
    loop.execute(() -> {
      loop.slice(() -> done.add("slice"));
      loop.execute(() -> done.add("task"));
      loop.slice(() -> end.complete(null));
    });
    end.get();
    assertThat(done).containsExactly("task", "slice");
  }

  @Test
  void a_task_does_not_wait_for_more_than_a_turn_of_slices() throws Exception {
    loop.execute(() -> {
      loop.slice(() -> {
        done.add("first slice");
        loop.execute(() -> done.add("task"));
        spend(3);
      });
      loop.slice(() -> {
        done.add("second slice");
        end.complete(null);
      });
    });
    end.get();
    assertThat(done).containsExactly("first slice", "task", "second slice");
  }

  @Test
  void slices_that_queue_slices_take_turns() throws Exception {
    loop.execute(() -> List.of("a", "b").forEach(name -> slices(name, 3)));
    end.get();
    assertThat(done).containsExactly("a3", "b3", "a2", "b2", "a1", "b1");
  }

  private void slices(String name, int left) {
    loop.slice(() -> {
      done.add(name + left);
      spend(3);
      if (left > 1) {
        slices(name, left - 1);
      } else if (name.equals("b")) {
        end.complete(null);
      }
    });
  }

  @Test
  void tasks_of_other_threads_are_done_in_their_order_while_slices_go_on() throws Exception {
    loop.execute(() -> slices("a", 100));
    for (var i = 0; i < 1000; i++) {
      var number = i;
      loop.execute(() -> done.add("task " + number));
    }
    loop.execute(() -> end.complete(null));
    end.get();
    assertThat(done.stream().filter(name -> name.startsWith("task")))
        .hasSize(1000)
        .startsWith("task 0", "task 1")
        .endsWith("task 999");
  }

  private static void spend(int millis) {
    var until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }
}
