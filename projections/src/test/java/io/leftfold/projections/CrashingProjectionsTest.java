// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.Steps;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// Histories of a projection, by seeds, of which each is several lives: in each its process opens
/// the store, is told to do this and that while events come, and dies at some call to the store,
/// before or after that was done. The last life dies of nothing; then the projection has come to
/// what a fold from zero makes of the log, and everything was emitted once and in order, whatever
/// was reset, built beside, stopped or changed meanwhile.
///
/// What is left to chance is from the seed; how threads meet is not. `-Dtests.seeds=5000` tries
/// more.
final class CrashingProjectionsTest {

  private static final String NAME = "sums";

  /// The text at its end tells versions apart; they do the same.
  private static final String SUMS =
      """
      fromAll().foreachStream().when({
        $init: () => ({ n: 0 }),
        Paid(s, e) {
          if (e.body.amount > 96) throw new Error('too much');
          s.n += e.body.amount;
          emit('seen-' + e.streamId, 'Seen', { n: s.n });
          linkTo('links', e);
        }
      })
      // version \
      """;

  @Test
  void whatever_is_done_and_whenever_the_process_dies_each_event_counts_once() {
    var given = Long.getLong("tests.seed");
    var histories = given == null ? Integer.getInteger("tests.seeds", 6) : 1;
    var first = Steps.seed();
    var deaths = 0;
    for (long seed = first; seed < first + histories; seed++) {
      try (var history = new History(seed)) {
        history.run();
        deaths += history.deaths;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("-Dtests.seed=" + seed, e);
      }
    }
    // Otherwise nothing was tried.
    assertThat(deaths).isGreaterThanOrEqualTo(histories);
  }

  private static final class History implements AutoCloseable {
    private final Random random;
    private final EventStore truth;
    private int versions;
    private int deaths;

    History(long seed) {
      random = new Random(seed);
      truth = seed % 4 == 0 ? LocalEventStore.inMemory() : new InMemoryEventStore();
    }

    void run() {
      create();
      for (var life = 0; life < 4; life++) {
        var store = new Mortal(truth, 1 + random.nextInt(120), random.nextBoolean());
        try (var projections = open(store)) {
          live(store, projections);
        } catch (LeftfoldException _) {
          // It died while it was born.
        }
        deaths += store.isDead() ? 1 : 0;
      }
      lastLife();
    }

    private Projections open(EventStore store) {
      return Projections.open(
          store,
          ProjectionOptions.defaults().withStateBytesMax(300 + random.nextInt(2_000)),
          Fixture.RUNTIME);
    }

    private void create() {
      try (var projections = open(truth)) {
        projections.create(
            NewProjection.continuous(NAME, SUMS + versions)
                .with(
                    ProjectionConfig.DEFAULT
                        .withEmitEnabled(true)
                        .withTrackEmittedStreams(random.nextBoolean())
                        .withFailurePolicy(FailurePolicy.PARK_EVENT)
                        .withCheckpoints(1 + random.nextInt(8), 1_000, 0)));
      }
    }

    private void live(Mortal store, Projections projections) {
      for (var i = 0; i < 12 && !store.isDead(); i++) {
        append(1 + random.nextInt(6));
        try {
          act(store, projections);
        } catch (LeftfoldException | ProjectionException _) {
          // It died of it, or what was wanted was not possible now.
        }
      }
    }

    private void append(int events) {
      for (var i = 0; i < events; i++) {
        var json = "{\"amount\":%d}".formatted(random.nextInt(100));
        truth.append(
            StreamName.of("account-" + random.nextInt(4)),
            ExpectedState.any(),
            ProposedEvent.json("Paid", json));
      }
    }

    private void act(Mortal store, Projections projections) {
      switch (random.nextInt(12)) {
        case 0 -> projections.reset(NAME);
        case 1 -> projections.buildBeside(NAME, SUMS + ++versions, Optional.empty());
        case 2 -> projections.cancelBuilding(NAME);
        case 3 -> projections.update(NAME, SUMS + ++versions, Optional.empty(), Optional.empty());
        case 4 -> {
          projections.disable(NAME);
          projections.enable(NAME);
        }
        case 5 -> {
          projections.abort(NAME);
          projections.enable(NAME);
        }
        case 6 -> projections.restart();
        case 7 -> {
          var parked = projections.parked(NAME, 0, 1_000);
          if (!parked.isEmpty()) {
            projections.resume(NAME, parked.getFirst().position());
          }
        }
        case 8 -> {
          var config = projections.config(NAME).withCheckpoints(1 + random.nextInt(8), 1_000, 0);
          projections.reconfigure(NAME, config);
        }
        default -> comeOn(store, projections);
      }
    }

    /// Lets it come further, or die of it.
    private void comeOn(Mortal store, Projections projections) {
      var end = truth.lastPosition().orElseThrow();
      Fixture.await(() -> {
        if (store.isDead()) {
          return true;
        }
        var now = projections.statistics(NAME);
        return now.state() != ProjectionState.RUNNING || now.position() >= end;
      });
    }

    private void lastLife() {
      append(1);
      try (var projections = open(truth)) {
        projections.enable(NAME);
        Fixture.await(() -> {
          var now = projections.statistics(NAME);
          assertThat(now.state()).as(now.reason()).isEqualTo(ProjectionState.RUNNING);
          return now.lagEvents() == 0 && now.building().isEmpty() && now.writesInProgress() == 0;
        });
        projections.disable(NAME);
        FoldFromZero.of(truth, SUMS).isWhatItCameTo(truth, projections, NAME);
      }
    }

    @Override
    public void close() {
      truth.close();
    }
  }

  /// A store as a process sees it that dies at a call.
  private static final class Mortal extends ForwardingEventStore {
    private final boolean diesAfterwards;
    private int callsLeft;
    private boolean isDead;

    Mortal(EventStore store, int calls, boolean diesAfterwards) {
      super(store);
      this.callsLeft = calls;
      this.diesAfterwards = diesAfterwards;
    }

    synchronized boolean isDead() {
      return isDead;
    }

    /// One call at a time, so that the one at which it dies is the last.
    private synchronized <T> T alive(Supplier<T> call) {
      if (!isDead && callsLeft-- > 0) {
        return call.get();
      }
      if (!isDead) {
        isDead = true;
        if (diesAfterwards) {
          var _ = call.get();
        }
      }
      throw new UnavailableException(UnavailableException.Reason.CLOSED, "The process is dead");
    }

    @Override
    public AppendResult append(Commit commit) {
      return alive(() -> super.append(commit));
    }

    @Override
    public StreamRead read(StreamName stream, ReadOptions options) {
      return alive(() -> super.read(stream, options));
    }

    @Override
    public EventRead readAll(ReadOptions options) {
      return alive(() -> super.readAll(options));
    }

    @Override
    public Subscription subscribeToAll(SubscribeOptions options) {
      return alive(() -> super.subscribeToAll(options));
    }

    @Override
    public long delete(StreamName stream, ExpectedState expected) {
      return alive(() -> super.delete(stream, expected));
    }

    @Override
    public StreamState state(StreamName stream) {
      return alive(() -> super.state(stream));
    }

    @Override
    public List<StreamSummary> streams(ListOptions options) {
      return alive(() -> super.streams(options));
    }

    @Override
    public Optional<Long> lastPosition() {
      return alive(super::lastPosition);
    }
  }
}
