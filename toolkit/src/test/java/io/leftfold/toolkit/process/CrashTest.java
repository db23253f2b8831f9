// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static io.leftfold.toolkit.process.Shop.DELIVERY;
import static io.leftfold.toolkit.process.Shop.happens;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.UnavailableException;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import io.leftfold.toolkit.process.FaultyStore.Died;
import io.leftfold.toolkit.process.Shop.Paid;
import io.leftfold.toolkit.process.Shop.Phase;
import io.leftfold.toolkit.process.Shop.Placed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The same story, with something going wrong at every call that a process makes: of the store,
/// before and after, and of a target, before and after. In the end all is as if nothing had.
final class CrashTest {

  private static final Instant START = Instant.parse("2026-07-17T14:02:00Z");
  private static final Retries RETRIES =
      new Retries(Duration.ZERO, Duration.ZERO, Duration.ofDays(1), new Random(1));

  /// What goes wrong.
  private enum Fault {
    DEATH,
    NO_ANSWER
  }

  /// One telling of the story.
  private static final class Story {
    private final ManualClock clock = new ManualClock(START);
    private final EventStore store = new InMemoryEventStore(clock);
    private final Carrier carrier = new Carrier();
    private final Fault fault;
    private int callsLeft;
    private int deaths;

    Story(Fault fault, int callsLeft) {
      this.fault = fault;
      this.callsLeft = callsLeft;
    }

    private void moment() {
      if (callsLeft-- == 0) {
        switch (fault) {
          case DEATH -> throw new Died();
          case NO_ANSWER ->
              throw new UnavailableException(
                  UnavailableException.Reason.UNREACHABLE, "Nobody answered; try again");
        }
      }
    }

    private SteppedProcess begin() {
      var faulty = new FaultyStore(store, this::moment);
      return ProcessRunner.of(
              faulty,
              DELIVERY,
              Shop.target(
                  faulty,
                  (id, ship) -> {
                    moment();
                    var answer = carrier.handle(id, ship);
                    moment();
                    return answer;
                  }),
              clock,
              ProcessOptions.of(RETRIES).withCheckpointEvery(8).withTimersMax(1))
          .stepByStep();
    }

    /// Runs until there is nothing to do, with a new process if one died.
    private void run() {
      var process = begin();
      while (true) {
        try {
          process.untilIdle();
          process.close();
          return;
        } catch (UnavailableException _) {
          deaths++; // and goes on with the same process
        } catch (Died _) {
          deaths++;
          process.close();
          process = begin();
        }
      }
    }

    Story tell() {
      Shop.stock(store).handle(2);
      happens(store, new Placed("a"));
      happens(store, new Placed("b"));
      run();
      happens(store, new Paid("a"));
      happens(store, new Placed("c"));
      run();
      clock.advance(Shop.PATIENCE);
      run();
      happens(store, new Paid("b"));
      happens(store, new Placed("d"));
      happens(store, new Paid("d"));
      run();
      return this;
    }

    void check(String about) {
      var delivery =
          ProcessRunner.of(store, DELIVERY, (_, _) -> failed(), clock, ProcessOptions.of(RETRIES));
      assertThat(List.of("a", "b", "c", "d"))
          .as(about)
          .extracting(order -> delivery.state(order).phase())
          .containsExactly(Phase.SHIPPED, Phase.CANCELLED, Phase.SOLD_OUT, Phase.SHIPPED);
      assertThat(store.read(Shop.STOCK, ReadOptions.forwards()).events())
          .as(about)
          .extracting(event -> Integer.parseInt(event.dataAsText()))
          .containsExactly(2, -1, -1, 1, -1);
      assertThat(carrier.calls()).as(about).containsOnlyKeys("a", "d");
      carrier
          .calls()
          .values()
          .forEach(ids -> assertThat(ids.stream().distinct()).as(about).hasSize(1));
      assertThat(delivery.parked()).as(about).isEmpty();
      try (var again = delivery.stepByStep()) {
        again.untilIdle(); // there is nothing left for the target
      }
    }

    private static Settlement failed() {
      throw new AssertionError("Nothing is to be done any more");
    }

    int calls() {
      return carrier.calls().values().stream().mapToInt(List::size).sum();
    }
  }

  private static int callsOfTheStory() {
    var story = new Story(Fault.DEATH, Integer.MAX_VALUE).tell();
    story.check("Nothing goes wrong");
    assertThat(story.calls()).isEqualTo(2);
    return Integer.MAX_VALUE - story.callsLeft;
  }

  @Test
  void whenever_a_process_dies_another_one_goes_on() {
    var moments = callsOfTheStory();

    var twice =
        IntStream.range(0, moments)
            .map(moment -> {
              var story = new Story(Fault.DEATH, moment).tell();
              story.check("Died at call " + moment);
              assertThat(story.deaths).isEqualTo(1);
              return story.calls();
            })
            .filter(calls -> calls > 2)
            .count();

    // Outside it is at least once, and twice where the answer could not be recorded.
    assertThat(twice).isBetween(2L, 10L);
  }

  @Test
  void whatever_is_not_answered_is_asked_again() {
    var moments = callsOfTheStory();

    for (var moment = 0; moment < moments; moment++) {
      new Story(Fault.NO_ANSWER, moment).tell().check("No answer to call " + moment);
    }
  }
}
