// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import io.leftfold.engine.LocalEventStore;
import io.leftfold.projections.ProjectionState;
import io.leftfold.projections.ProjectionStatistics;
import io.leftfold.server.edge.GrpcHandler;
import io.leftfold.server.group.Groups;
import io.leftfold.server.metrics.GroupFigures;
import io.leftfold.server.metrics.ProjectionFigures;
import io.leftfold.server.metrics.ServerMetrics;
import io.leftfold.server.node.Measures;
import io.leftfold.server.node.ServedProjections;
import io.leftfold.server.tcp.RequestWatch;
import io.leftfold.server.tracing.Tracing;
import io.vertx.ext.web.Router;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What lets one see inside a server: its metrics, and traces where somebody takes them.
record Insight(ServerMetrics metrics, Measures measures, @Nullable Tracing tracing)
    implements AutoCloseable {

  /// How long a page of metrics waits for a group to say how it is.
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final double MILLIS = 1e3;

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

  /// Shows persistent subscriptions as well: those that begin from now on.
  void show(Groups groups) {
    groups.onEach(id ->
        metrics.showGroup(
            id.source().toString(),
            id.name(),
            () -> groups.standing(id, PATIENCE).map(Insight::figures)));
  }

  /// Shows projections as well: those that there are when somebody looks.
  void show(ServedProjections served) {
    var looks = new ProjectionLooks(served, Thread.ofVirtual().name("leftfold-figures").factory());
    metrics.showProjections(
        () -> looks.look(PATIENCE).map(all -> all.stream().map(Insight::figures).toList()));
  }

  private static ProjectionFigures figures(ProjectionStatistics one) {
    return new ProjectionFigures(
        one.name(),
        one.state() == ProjectionState.RUNNING,
        one.state() == ProjectionState.FAULTED,
        one.lagEvents(),
        one.lag().toMillis() / MILLIS,
        one.processedAfterRestart(),
        one.emitted(),
        one.partitions(),
        one.parked(),
        one.faults());
  }

  private static GroupFigures figures(Groups.Standing standing) {
    var info = standing.info();
    var figures = info.figures();
    return new GroupFigures(
        info.connections().size(),
        figures.readBuffer() + figures.liveBuffer(),
        figures.inFlight(),
        figures.retryBuffer(),
        info.progress().retries(),
        info.parked(),
        standing.lag().events(),
        standing.lag().age().toMillis() / MILLIS);
  }

  /// What answers methods, with spans if they are wanted.
  Map<String, GrpcHandler> trace(Map<String, GrpcHandler> handlers) {
    return tracing == null ? handlers : tracing.trace(handlers);
  }

  /// Makes spans of requests to pages that are added from now on, if they are wanted.
  void trace(Router router) {
    if (tracing != null) {
      tracing.trace(router);
    }
  }

  /// Makes spans of requests over the old TCP protocol, if they are wanted.
  RequestWatch watchOfTcp() {
    return tracing == null ? RequestWatch.none() : tracing::begun;
  }

  @Override
  public void close() {
    if (tracing != null) {
      tracing.close();
    }
    metrics.close();
  }
}
