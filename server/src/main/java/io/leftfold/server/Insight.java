// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.edge.GrpcHandler;
import io.leftfold.server.metrics.ServerMetrics;
import io.leftfold.server.node.Measures;
import io.leftfold.server.tracing.Tracing;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What lets one see inside a server: its metrics, and traces where somebody takes them.
record Insight(ServerMetrics metrics, Measures measures, @Nullable Tracing tracing)
    implements AutoCloseable {

  static Insight of(LocalEventStore store, Telemetry telemetry, String version) {
    var metrics = new ServerMetrics(System::nanoTime, version);
    var measures =
        new Measures(
            System::nanoTime, metrics.observer(), telemetry.slowWrite(), telemetry.slowRead());
    metrics.show(store);
    metrics.show(measures, Clock.systemUTC());
    if (telemetry.otlp().isEmpty()) {
      return new Insight(metrics, measures, null);
    }
    var otlp = telemetry.otlp().get();
    metrics.send(
        otlp.endpoint(),
        otlp.headers(),
        otlp.metricsEvery(),
        Thread.ofPlatform().daemon().name("leftfold-otlp").factory());
    var tracing =
        new Tracing(otlp.endpoint(), otlp.headers(), otlp.traceRatio(), otlp.traceDelay(), version);
    measures.onDelivery(tracing::delivered);
    return new Insight(metrics, measures, tracing);
  }

  /// What answers methods, with spans if they are wanted.
  Map<String, GrpcHandler> trace(Map<String, GrpcHandler> handlers) {
    return tracing == null ? handlers : tracing.trace(handlers);
  }

  @Override
  public void close() {
    if (tracing != null) {
      tracing.close();
    }
    metrics.close();
  }
}
