// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.processes;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.UnavailableException;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.process.ProcessOptions;
import io.leftfold.toolkit.process.ProcessRunner;
import io.leftfold.toolkit.process.Retries;
import io.leftfold.verification.processes.Errands.Command;
import io.leftfold.verification.processes.Errands.Listener;
import io.leftfold.verification.processes.Errands.Part;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What a process promises that runs in the background, on one store that all tests of the class
/// share.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ProcessContract {

  private final AtomicInteger tests = new AtomicInteger();
  private final Listener outside = new Listener();
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
  private final ThreadFactory factory =
      work -> {
        var thread = Thread.ofVirtual().unstarted(work);
        threads.add(thread);
        return thread;
      };
  private String name = "";

  @SuppressWarnings("NullAway.Init")
  EventStore store;

  /// An empty store.
  abstract EventStore open();

  /// How many instances are many.
  abstract int many();

  @BeforeAll
  final void openStore() {
    store = open();
  }

  @AfterAll
  final void closeStore() {
    store.close();
  }

  @BeforeEach
  final void nameProcess() {
    name = "errands" + tests.incrementAndGet();
    threads.clear();
  }

  final ProcessRunner<String, Set<Part>, Command> runner(EventStore on) {
    return ProcessRunner.of(
        on,
        Errands.definition(name),
        Errands.target(on, outside),
        Clock.systemUTC(),
        ProcessOptions.of(
                new Retries(
                    Duration.ofMillis(1),
                    Duration.ofMillis(20),
                    Duration.ofMinutes(1),
                    new Random(1)))
            .withCheckpointEvery(50));
  }

  private List<String> asked(int count) {
    return IntStream.range(0, count).mapToObj(i -> "%s.%d".formatted(name, i)).toList();
  }

  private void awaitCompleted(int count) throws InterruptedException {
    Errands.awaitCompleted(store, name, count);
  }

  private void assertDone(List<String> errands) {
    assertThat(errands)
        .allSatisfy(errand -> {
          assertThat(store.read(Errands.tally(errand), ReadOptions.forwards()).events())
              .as(errand)
              .hasSize(1);
          assertThat(
                  outside.calls().getOrDefault(errand, new ConcurrentLinkedQueue<>()).stream()
                      .distinct())
              .as(errand)
              .hasSize(1);
        });
  }

  @Test
  void one_instance_of_many_is_poisonous_and_all_others_come_to_their_end() throws Exception {
    var errands = asked(many());
    Errands.ask(store, Errands.poisonous(name));

    try (var running = runner(store).start(factory)) {
      errands.forEach(errand -> Errands.ask(store, errand));
      awaitCompleted(errands.size());
      assertThat(running.failure()).isEmpty();
    }

    assertDone(errands);
    assertThat(runner(store).parked()).containsExactly(Errands.poisonous(name));
    assertThat(threads).noneMatch(Thread::isAlive);
  }

  @Test
  void a_process_that_is_ended_and_begun_again_goes_on_where_it_was() throws Exception {
    var errands = asked(40);
    errands.subList(0, 30).forEach(errand -> Errands.ask(store, errand));
    for (var completed : List.of(3, 12, 25)) {
      try (var _ = runner(store).start(factory)) {
        awaitCompleted(completed);
      }
      // Their last step is to say that they have ended.
      for (var thread : threads) {
        assertThat(thread.join(Duration.ofSeconds(30))).as("%s ends", thread).isTrue();
      }
    }
    errands.subList(30, 40).forEach(errand -> Errands.ask(store, errand));
    try (var _ = runner(store).start(factory)) {
      awaitCompleted(errands.size());
    }

    assertDone(errands);
  }

  @Test
  void two_of_the_same_process_do_each_thing_once() throws Exception {
    var errands = asked(40);
    try (var one = runner(store).start(factory);
        var other = runner(store).start(factory)) {
      errands.forEach(errand -> Errands.ask(store, errand));
      awaitCompleted(errands.size());
      assertThat(one.failure()).isEmpty();
      assertThat(other.failure()).isEmpty();
    }

    assertDone(errands);
  }

  /// A store of which answers get lost, before or after it did what was asked.
  private static final class UnreliableStore extends ForwardingEventStore {
    private final Random chance;

    UnreliableStore(EventStore store, Random chance) {
      super(store);
      this.chance = chance;
    }

    @Override
    public AppendResult append(Commit commit) {
      var luck = chance.nextInt(6);
      if (luck == 0) {
        throw lost();
      }
      var result = super.append(commit);
      if (luck == 1) {
        throw lost();
      }
      return result;
    }

    private static UnavailableException lost() {
      return new UnavailableException(
          UnavailableException.Reason.UNREACHABLE, "The append was not answered; repeat it");
    }
  }

  @Test
  void whatever_answers_get_lost_each_thing_is_done_once() throws Exception {
    var seed = Steps.seed();
    var errands = asked(20);
    try (var running = runner(new UnreliableStore(store, new Random(seed))).start(factory)) {
      errands.forEach(errand -> Errands.ask(store, errand));
      awaitCompleted(errands.size());
      assertThat(running.failure()).as("seed %d", seed).isEmpty();
    }

    assertDone(errands);
  }
}
