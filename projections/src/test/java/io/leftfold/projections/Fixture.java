// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A store with projections, for tests.
final class Fixture implements AutoCloseable {

  /// One for all tests, for it takes longer to open than most tests take.
  static final ProjectionRuntime RUNTIME = ProjectionRuntime.open();

  final EventStore store;
  private final ProjectionOptions options;
  Projections projections;

  Fixture(EventStore store, ProjectionOptions options) {
    this.store = store;
    this.options = options;
    projections = Projections.open(store, options, RUNTIME);
  }

  void reopen() {
    projections.close();
    projections = Projections.open(store, options, RUNTIME);
  }

  long append(String stream, String type, String json) {
    return store
        .append(StreamName.of(stream), ExpectedState.any(), ProposedEvent.json(type, json))
        .position()
        .orElseThrow();
  }

  static void await(BooleanSupplier condition) {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Waited for a minute in vain");
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  /// Waits until a projection's durable steps have come to a position.
  void awaitStep(String name, long position) {
    await(() -> {
      var now = projections.statistics(name);
      if (now.state() == ProjectionState.FAULTED) {
        throw new AssertionError(now.reason());
      }
      return now.checkpoint() >= position;
    });
  }

  void awaitState(String name, ProjectionState state) {
    await(() -> projections.statistics(name).state() == state);
  }

  String state(String name, String partition) {
    return projections.state(name, partition).json();
  }

  List<String> texts(String stream) {
    return events(stream).stream().map(RecordedEvent::dataAsText).toList();
  }

  List<RecordedEvent> events(String stream) {
    return store.read(StreamName.of(stream), ReadOptions.forwards()).events();
  }

  @Override
  public void close() {
    projections.close();
    store.close();
  }
}
