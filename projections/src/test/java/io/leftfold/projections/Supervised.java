// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// One projection on a store that fails when it is told to, looked after by the test itself, at
/// times that the test makes.
final class Supervised implements AutoCloseable {

  final ManualClock clock = new ManualClock(Instant.parse("2026-11-01T08:00:00Z"));
  final TroubledStore store = new TroubledStore(new InMemoryEventStore(clock));
  final ManagedProjection projection;
  final AtomicInteger tasks = new AtomicInteger();
  final ExecutorService workers = Executors.newSingleThreadExecutor();

  Supervised(NewProjection wanted) {
    var host =
        new ProjectionHost(
            store,
            Fixture.RUNTIME,
            ProjectionOptions.defaults().with(clock),
            task -> {
              tasks.incrementAndGet();
              workers.execute(task);
            },
            new LaneThreads(1, 1, workers, () -> 0),
            Thread.ofVirtual().factory(),
            System::nanoTime,
            _ -> true);
    var registry = new Registry(store, host::newId);
    var created = registry.create(wanted.name(), Configurations.definition(wanted));
    projection =
        new ManagedProjection(host, registry, created.getKey(), created.getValue(), () -> {});
    projection.begin();
  }

  long append(String stream, String type, String json) {
    return store
        .append(StreamName.of(stream), ExpectedState.any(), ProposedEvent.json(type, json))
        .position()
        .orElseThrow();
  }

  List<String> texts(String stream) {
    return store.read(StreamName.of(stream), ReadOptions.forwards()).events().stream()
        .map(RecordedEvent::dataAsText)
        .toList();
  }

  /// Looks after it again and again until a condition holds; no time passes.
  void await(BooleanSupplier condition) {
    Fixture.await(() -> {
      projection.supervise();
      return condition.getAsBoolean();
    });
  }

  void awaitState(ProjectionState state) {
    await(() -> statistics().state() == state);
  }

  void awaitStep(long position) {
    await(() -> statistics().checkpoint() >= position);
  }

  /// Lets time pass, and looks after it.
  void pass(Duration time) {
    clock.advance(time);
    projection.supervise();
  }

  ProjectionStatistics statistics() {
    return projection.statistics();
  }

  @Override
  public void close() {
    projection.close();
    workers.shutdown();
    store.close();
  }
}
