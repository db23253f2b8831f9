// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.testkit.ModelComparison.Candidate;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// The comparison finds stores that are wrong, and says how to get there.
final class ModelComparisonTest {

  /// Steps that come to what is wrong in each of these stores.
  private static final long SEED = 12;

  @RepeatedTest(10)
  void a_store_that_is_the_model_does_not_differ() {
    var seed = Steps.seed();
    ModelComparison.run(
        seed, Steps.from(seed).take(200), clock -> Candidate.of(new InMemoryEventStore(clock)));
  }

  @Test
  void a_wrong_limit_is_found_and_shrunk() {
    var difference =
        differenceOf(clock ->
            new WrongStore(clock) {
              @Override
              public EventRead readAll(ReadOptions options) {
                return super.readAll(options.limit() == 3 ? options.limit(4) : options);
              }
            });

    assertThat(difference)
        .contains("-Dtests.seed=12)", "ReadAll[options=", "limit=3", "model: ", "store: ");
    assertThat(steps(difference)).isBetween(1, 6);
  }

  @Test
  void a_lost_append_is_found() {
    var appends = new AtomicInteger();
    var difference =
        differenceOf(clock -> {
          appends.set(0);
          return new WrongStore(clock) {
            @Override
            public AppendResult append(Commit commit) {
              if (appends.incrementAndGet() != 5) {
                return super.append(commit);
              }
              try (var other = new InMemoryEventStore(clock)) {
                return other.append(commit);
              }
            }
          };
        });

    assertThat(steps(difference)).isBetween(1, 12);
  }

  @Test
  void a_store_that_forgets_what_it_acknowledged_is_found_when_it_is_opened_again() {
    var failure =
        catchThrowableOfType(
            AssertionError.class,
            () ->
                ModelComparison.run(
                    1,
                    Steps.from(1).take(300),
                    clock ->
                        new Candidate() {
                          private EventStore store = new InMemoryEventStore(clock);

                          @Override
                          public EventStore store() {
                            return store;
                          }

                          @Override
                          public void reopen() {
                            store.close();
                            store = new InMemoryEventStore(clock);
                          }

                          @Override
                          public void close() {
                            store.close();
                          }
                        }));

    assertThat(failure).hasMessageContainingAll("Reopen[]", "then: ReadAll");
    assertThat(steps(failure.toString())).isBetween(2, 3);
  }

  @Test
  void a_store_that_breaks_is_found() {
    var difference =
        differenceOf(clock ->
            new WrongStore(clock) {
              @Override
              public StreamState state(StreamName stream) {
                throw new IllegalStateException("out of order");
              }
            });

    assertThat(difference).contains("Broke[error=java.lang.IllegalStateException: out of order");
    assertThat(steps(difference)).isZero();
  }

  @Test
  void a_wrong_error_is_found() {
    var steps =
        List.<Step>of(
            new Step.Append(
                Commit.of(StreamAppend.of(StreamName.of("a"), ExpectedState.streamExists()))));

    assertThatThrownBy(() ->
            ModelComparison.run(
                3,
                steps,
                clock ->
                    Candidate.of(
                        new WrongStore(clock) {
                          @Override
                          public AppendResult append(Commit commit) {
                            var part = commit.parts().getFirst();
                            if (part.expected() instanceof ExpectedState.StreamExists) {
                              throw new StreamTombstonedException(part.stream());
                            }
                            return super.append(commit);
                          }
                        })))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Refused[error=WrongExpectedStateException")
        .hasMessageContaining("Refused[error=StreamTombstonedException");
  }

  private interface Opening {
    EventStore open(Clock clock);
  }

  private static String differenceOf(Opening opening) {
    var failure =
        catchThrowableOfType(
            AssertionError.class,
            () ->
                ModelComparison.run(
                    SEED, Steps.from(SEED).take(300), clock -> Candidate.of(opening.open(clock))));
    assertThat(failure).as("the difference").isNotNull();
    return failure.toString();
  }

  private static int steps(String difference) {
    return Integer.parseInt(difference.replaceAll("(?s).*shrunk to (\\d+).*", "$1"));
  }

  /// A store that is right but for what a test gets wrong.
  private static class WrongStore extends ForwardingEventStore {
    WrongStore(Clock clock) {
      super(new InMemoryEventStore(clock));
    }
  }
}
