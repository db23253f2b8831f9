// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.metrics;

import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.indexes.UserIndexes;
import io.leftfold.server.node.Following;
import io.leftfold.server.node.Measures;
import io.leftfold.server.node.Observer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// All that a server counts, and the page that shows it.
public final class ServerMetrics implements AutoCloseable {

  private final PrometheusMeterRegistry prometheus =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final CompositeMeterRegistry registry = new CompositeMeterRegistry();
  private final Looks looks;
  private final NodeMeters node;
  private final GroupMeters groups;
  private @Nullable ProjectionMeters projections;

  /// Kept, for a counter holds what it asks only weakly.
  private final List<LongSupplier> counted = new CopyOnWriteArrayList<>();

  private final List<AutoCloseable> closing;

  /// With the figures of the virtual machine.
  ///
  /// @param nanoTime as [System#nanoTime()]
  /// @param version of Leftfold
  public ServerMetrics(LongSupplier nanoTime, String version) {
    this.looks = new Looks(nanoTime);
    registry.add(prometheus);
    this.node = new NodeMeters(registry);
    this.groups = new GroupMeters(registry, looks);
    Gauge.builder("leftfold.build", () -> 1)
        .description("Always 1; the label is the version")
        .tag("version", version)
        .register(registry);
    var memory = new JvmMemoryMetrics();
    memory.bindTo(registry);
    var collections = new JvmGcMetrics();
    collections.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    this.closing = List.of(collections);
  }

  /// Sends all of it by OTLP over HTTP as well, from a thread of its own.
  ///
  /// @param endpoint of a receiver, without `/v1/metrics`
  /// @param headers sent with each request: they may hold secrets
  /// @param every how often
  /// @param threads makes the thread
  public void send(
      URI endpoint, Map<String, String> headers, Duration every, ThreadFactory threads) {
    var config =
        new OtlpConfig() {
          @Override
          public @Nullable String get(String key) {
            return null;
          }

          @Override
          public String url() {
            return endpoint.toString().replaceAll("/+$", "") + "/v1/metrics";
          }

          @Override
          public Map<String, String> headers() {
            return headers;
          }

          @Override
          public Duration step() {
            return every;
          }

          @Override
          public Map<String, String> resourceAttributes() {
            return Map.of("service.name", "leftfold");
          }
        };
    registry.add(OtlpMeterRegistry.builder(config).threadFactory(threads).build());
  }

  /// What a node is to tell what it does.
  ///
  /// @return counts
  public Observer observer() {
    return node;
  }

  /// Shows a store as well.
  ///
  /// @param store open for as long as somebody looks
  public void show(LocalEventStore store) {
    StoreMeters.show(store, looks, registry);
  }

  /// Shows the subscriptions of a node as well.
  ///
  /// @param measures knows them
  /// @param clock the store's
  public void show(Measures measures, Clock clock) {
    for (var source : Following.Source.values()) {
      SubscriptionMeters.show(
          source, new Polled<>(() -> measures.following(source, clock), looks), registry);
    }
  }

  /// Shows the callers of a server as well.
  ///
  /// @param connections how many there are
  /// @param calls how many gRPC calls are under way
  public void show(IntSupplier connections, IntSupplier calls) {
    Gauge.builder("leftfold.connections", connections, IntSupplier::getAsInt)
        .description("Clients that are connected")
        .strongReference(true)
        .register(registry);
    Gauge.builder("leftfold.calls.open", calls, IntSupplier::getAsInt)
        .description("gRPC calls under way, subscriptions among them")
        .strongReference(true)
        .register(registry);
  }

  /// Shows how many writes wait for their turn as well.
  ///
  /// @param writes how many
  public void showWaiting(IntSupplier writes) {
    Gauge.builder("leftfold.writes.waiting", writes, IntSupplier::getAsInt)
        .description("Writes that wait until it is their connection's turn")
        .strongReference(true)
        .register(registry);
  }

  /// Shows what a server holds on behalf of its callers as well.
  ///
  /// @param kind of what: `requests` or `answers`
  /// @param bytes how much
  public void showHeld(String kind, LongSupplier bytes) {
    Gauge.builder("leftfold.held", bytes, LongSupplier::getAsLong)
        .description("Memory held on behalf of callers")
        .baseUnit("bytes")
        .tag("kind", kind)
        .strongReference(true)
        .register(registry);
  }

  /// Shows what a server refuses because it is busy as well.
  ///
  /// @param shortage what there is not enough of
  /// @param count how much was refused so far
  public void showRefused(String shortage, LongSupplier count) {
    counted.add(count);
    FunctionCounter.builder("leftfold.refused", count, LongSupplier::getAsLong)
        .description("Connections, calls and pages refused because the server was busy")
        .tag("shortage", shortage)
        .register(registry);
  }

  /// Shows a persistent subscription group as well; of very many, only the first.
  ///
  /// @param stream what it follows
  /// @param group its name
  /// @param figures how it stands, asked when somebody looks; empty if it does not say
  /// @return to be run when the group is gone
  public Runnable showGroup(String stream, String group, Supplier<Optional<GroupFigures>> figures) {
    return groups.show(stream, group, figures);
  }

  /// Shows user-defined indexes as well, all of them together.
  ///
  /// @param figures how they stand, asked when somebody looks
  public void showIndexes(Supplier<UserIndexes.Figures> figures) {
    showIndexes("leftfold.user.indexes", "User-defined indexes", figures, one -> one.indexes());
    showIndexes(
        "leftfold.user.indexes.started",
        "User-defined indexes that go on with what is appended",
        figures,
        one -> one.started());
    showIndexes(
        "leftfold.user.indexes.lag.events",
        "Positions that the one of these furthest behind has not looked at",
        figures,
        one -> one.lagMax());
  }

  private void showIndexes(
      String name,
      String description,
      Supplier<UserIndexes.Figures> figures,
      ToDoubleFunction<UserIndexes.Figures> value) {
    Gauge.builder(name, figures, asked -> value.applyAsDouble(asked.get()))
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /// Shows projections as well, those that there are whenever somebody looks; of very many, only
  /// the first.
  ///
  /// @param figures how they stand; empty if that is not known at the moment
  public void showProjections(Supplier<Optional<List<ProjectionFigures>>> figures) {
    projections = new ProjectionMeters(registry, figures);
  }

  /// Finds out which projections there are and how they stand. A page does so by itself; where
  /// metrics are sent it is to be called now and then. Waits a little: not for an event loop.
  public void lookAtProjections() {
    if (projections != null) {
      projections.look();
    }
  }

  /// The page as it is now. Asks the store and the disk: not for an event loop.
  ///
  /// @param accept what the reader understands, as in HTTP
  /// @return the page and its media type
  public Page page(String accept) {
    looks.begin();
    lookAtProjections();
    var type =
        accept.contains("application/openmetrics-text")
            ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
            : "text/plain; version=0.0.4; charset=utf-8";
    return new Page(type, prometheus.scrape(type));
  }

  /// A page of metrics.
  ///
  /// @param type its media type
  /// @param text in Prometheus's format
  public record Page(String type, String text) {}

  @Override
  public void close() {
    for (var each : closing) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException("Metrics could not be ended", e);
      }
    }
    registry.close();
    registry.getRegistries().forEach(MeterRegistry::close);
  }
}
