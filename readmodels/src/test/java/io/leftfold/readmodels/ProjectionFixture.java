// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.api.EventStore;
import io.leftfold.readmodels.Trails.Numbered;
import io.leftfold.readmodels.Trails.Trail;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// A store, a read model of which nothing is kept, and words to speak about them.
abstract class ProjectionFixture {

  static final Duration LONG = Duration.ofSeconds(20);
  static final FoldingOptions OPTIONS =
      FoldingOptions.defaults()
          .withAttemptsMax(2)
          .withPauses(Duration.ZERO, Duration.ofMillis(20))
          .withBatchEventsMax(4);

  private final long seed = Steps.seed();
  final ManualClock clock = new ManualClock(Instant.parse("2026-07-17T14:00:00Z"));
  final EventStore store = new InMemoryEventStore(clock);

  @SuppressWarnings("NullAway.Init")
  ReadModel<States<Trail>> readModel;

  /// A read model of which nothing is kept.
  abstract ReadModel<States<Trail>> open();

  /// Tries so many moments of death, beginning with one by chance and leaving out some between; one
  /// is every moment.
  int momentsApart() {
    return 1;
  }

  final int firstMoment() {
    return (int) Long.remainderUnsigned(seed, momentsApart());
  }

  @BeforeEach
  final void openReadModel() {
    readModel = open();
  }

  @AfterEach
  final void closeStore() {
    store.close();
  }

  final Projector<Numbered, States<Trail>> projector(
      Projection<Numbered, States<Trail>> projection) {
    return Projector.of(store, projection, readModel, OPTIONS);
  }

  final Map<String, Trail> trails() {
    return readModel.read(Trails.NAME, States::all);
  }

  static LongPredicate number(long poisonous) {
    return number -> number == poisonous;
  }
}
