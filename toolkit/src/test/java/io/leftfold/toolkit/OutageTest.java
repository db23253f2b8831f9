// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.Accounts.AccountEvent;
import io.leftfold.toolkit.Accounts.Deposited;
import io.leftfold.toolkit.ProjectionStatus.Phase;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A read model that does not answer for a while, however long: no event is blamed for that.
final class OutageTest {

  private static final FoldingOptions OPTIONS =
      FoldingOptions.defaults().withPauses(Duration.ZERO, Duration.ZERO);
  private static final Projection<AccountEvent, States<Long>> SUMS =
      Projection.folding(
          "sums",
          1,
          Accounts.CODEC,
          0L,
          (sum, event) -> event instanceof Deposited(var amount) ? sum + amount : sum);

  private long appended;
  private final InMemoryEventStore store = new InMemoryEventStore(Clock.systemUTC());

  @AfterEach
  void closeStore() {
    store.close();
  }

  /// Where a transaction meets it.
  enum Place {
    BEGINNING,
    /// When a fold asks for a state; if none does, at the end.
    FOLD,
    END
  }

  /// So many transactions fail.
  private static final class Outage implements ReadModel<States<Long>> {
    private final ReadModel<States<Long>> readModel = new InMemoryReadModel<>();
    private final AtomicInteger left = new AtomicInteger();
    private final Place place;

    Outage(Place place) {
      this.place = place;
    }

    private boolean isOver() {
      return left.get() == 0;
    }

    private Map<String, Long> sums() {
      return readModel.read("sums", States::all);
    }

    private void check() {
      if (left.getAndUpdate(failures -> Math.max(0, failures - 1)) > 0) {
        throw new ReadModelException("no answer");
      }
    }

    @Override
    public void prepare(ProjectionVersion version) {
      readModel.prepare(version);
    }

    @Override
    public void drop(ProjectionVersion version) {
      readModel.drop(version);
    }

    @Override
    public <R> R transact(Function<? super Transaction<States<Long>>, ? extends R> work) {
      if (place == Place.BEGINNING) {
        check();
      }
      return readModel.<R>transact(transaction -> {
        R answer = work.apply(place == Place.FOLD ? failingInside(transaction) : transaction);
        if (place != Place.BEGINNING) {
          check();
        }
        return answer;
      });
    }

    private Transaction<States<Long>> failingInside(Transaction<States<Long>> transaction) {
      return new ForwardingTransaction(transaction) {
        @Override
        public States<Long> view(ProjectionVersion version) {
          var view = super.view(version);
          return new States<>() {
            @Override
            public Optional<Long> of(String partition) {
              check();
              return view.of(partition);
            }

            @Override
            public void put(String partition, Long state) {
              view.put(partition, state);
            }

            @Override
            public void remove(String partition) {
              view.remove(partition);
            }

            @Override
            public Map<String, Long> all() {
              return view.all();
            }
          };
        }
      };
    }
  }

  private void append(int events) {
    appended += events;
    for (var i = 0; i < events; i++) {
      var _ =
          store.append(
              Accounts.stream("7"), ExpectedState.any(), Accounts.CODEC.encode(new Deposited(1)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void however_long_it_lasts_no_event_is_blamed(Place place) {
    for (var onFailure : OnFailure.values()) {
      for (var attemptsMax = 1; attemptsMax <= 5; attemptsMax += 2) {
        for (var events = 1; events <= 3; events += 2) {
          for (var failures = 1; failures <= 30; failures++) {
            outlives(place, OPTIONS.with(onFailure).withAttemptsMax(attemptsMax), events, failures);
          }
        }
      }
    }
  }

  private void outlives(Place place, FoldingOptions options, int events, int failures) {
    var outage = new Outage(place);
    var projector = Projector.of(store, SUMS, outage, options);
    projector.catchUp();
    append(events);
    outage.left.set(failures);

    while (!isCaughtUp(projector)) {
      // It is tried for as long as it takes.
    }

    assertThat(projector.parked())
        .as(
            "%s, %d attempts, %d events, %d failures",
            options.onFailure(), options.attemptsMax(), events, failures)
        .isEmpty();
    assertThat(outage.sums()).containsExactly(Map.entry("account-7", appended));
    assertThat(outage.isOver()).isTrue();
  }

  private static boolean isCaughtUp(Projector<?, ?> projector) {
    try {
      projector.catchUp();
      return true;
    } catch (ReadModelException _) {
      return false;
    }
  }

  @Test
  void in_the_background_it_is_asked_again() throws InterruptedException {
    var outage = new Outage(Place.BEGINNING);
    try (var log = new LogCapture(Projector.class);
        var projector = Projector.of(store, SUMS, outage, OPTIONS)) {
      projector.catchUp();
      append(3);
      outage.left.set(20);

      projector.start();

      assertThat(projector.await(store.lastPosition().orElseThrow(), Duration.ofSeconds(20)))
          .isTrue();
      assertThat(projector.parked()).isEmpty();
      assertThat(outage.sums()).containsExactly(Map.entry("account-7", 3L));
      assertThat(outage.isOver()).isTrue();
      while (projector.status().phase() != Phase.RUNNING) {
        Thread.onSpinWait(); // it says so a moment after the position was reached
      }
      assertThat(log.lines())
          .as("once, however often it was asked")
          .containsExactly(
              "WARNING Projection sums, version 1 tries again what is no event's fault, until it"
                  + " works",
              "INFO Projection sums, version 1 goes on again");
    }
  }

  private static class ForwardingTransaction implements ReadModel.Transaction<States<Long>> {
    private final ReadModel.Transaction<States<Long>> transaction;

    ForwardingTransaction(ReadModel.Transaction<States<Long>> transaction) {
      this.transaction = transaction;
    }

    @Override
    public States<Long> view(ProjectionVersion version) {
      return transaction.view(version);
    }

    @Override
    public List<Checkpoint> checkpoints(String projection) {
      return transaction.checkpoints(projection);
    }

    @Override
    public void add(Checkpoint first) {
      transaction.add(first);
    }

    @Override
    public boolean replace(Checkpoint before, Checkpoint after) {
      return transaction.replace(before, after);
    }

    @Override
    public List<ParkedPartition> parked(ProjectionVersion version) {
      return transaction.parked(version);
    }

    @Override
    public List<Long> parkedEvents(
        ProjectionVersion version, String partition, long from, int limit) {
      return transaction.parkedEvents(version, partition, from, limit);
    }

    @Override
    public void park(ProjectionVersion version, String partition, long position, String failure) {
      transaction.park(version, partition, position, failure);
    }

    @Override
    public void unpark(ProjectionVersion version, String partition, long position) {
      transaction.unpark(version, partition, position);
    }
  }
}
