// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// Shows projections one by one, but not more than so many. Which there are is found out by
/// looking: those that are new are shown from then on, those that are gone no more.
final class ProjectionMeters {

  /// The most projections that are shown.
  static final int SHOWN_MAX = 200;

  private final MeterRegistry registry;
  private final Supplier<Optional<List<ProjectionFigures>>> figures;
  private final Map<String, One> shown = new HashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger faulted = new AtomicInteger();

  ProjectionMeters(MeterRegistry registry, Supplier<Optional<List<ProjectionFigures>>> figures) {
    this.registry = registry;
    this.figures = figures;
    whole("leftfold.projections", "Projections", count);
    whole(
        "leftfold.projections.faulted", "Projections that stopped since something failed", faulted);
  }

  private void whole(String name, String description, AtomicInteger value) {
    Gauge.builder(name, value, AtomicInteger::get)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /// Finds out how they stand. While that is not known, what was known stays.
  synchronized void look() {
    figures.get().ifPresent(this::show);
  }

  private void show(List<ProjectionFigures> all) {
    count.set(all.size());
    faulted.set(Math.toIntExact(all.stream().filter(ProjectionFigures::faulted).count()));
    var gone = new HashSet<>(shown.keySet());
    for (var one : all) {
      gone.remove(one.name());
      show(one);
    }
    gone.forEach(name -> Objects.requireNonNull(shown.remove(name)).end());
  }

  private void show(ProjectionFigures one) {
    var known = shown.get(one.name());
    if (known != null) {
      known.figures = one;
    } else if (shown.size() < SHOWN_MAX) {
      shown.put(one.name(), new One(one));
    }
  }

  /// The meters of one projection.
  private final class One {
    private volatile ProjectionFigures figures;
    private final Tags tags;
    private final List<Meter> meters = new ArrayList<>();

    One(ProjectionFigures first) {
      figures = first;
      tags = Tags.of("projection", first.name());
      gauge("running", "", "1 if it runs", one -> one.running() ? 1 : 0);
      gauge("faulted", "", "1 if it stopped since something failed", one -> one.faulted() ? 1 : 0);
      gauge("lag.events", "", "Positions not looked at", ProjectionFigures::lagEvents);
      gauge(
          "lag",
          "seconds",
          "The age of the first event that waits for it",
          ProjectionFigures::lagSeconds);
      gauge("partitions", "", "Partitions that have a state", ProjectionFigures::partitions);
      gauge("parked", "", "Events and partitions parked", ProjectionFigures::parked);
      counter("handled", "Events handled since it was last started", ProjectionFigures::handled);
      counter("emitted", "Events that it wrote", ProjectionFigures::emitted);
      counter(
          "faults",
          "How often it has become faulted since the server started",
          ProjectionFigures::faults);
    }

    private void gauge(
        String name, String unit, String description, ToDoubleFunction<ProjectionFigures> value) {
      meters.add(
          Gauge.builder(
                  "leftfold.projection." + name, this, one -> value.applyAsDouble(one.figures))
              .description(description)
              .baseUnit(unit.isEmpty() ? null : unit)
              .tags(tags)
              .register(registry));
    }

    private void counter(
        String name, String description, ToDoubleFunction<ProjectionFigures> value) {
      meters.add(
          FunctionCounter.builder(
                  "leftfold.projection." + name, this, one -> value.applyAsDouble(one.figures))
              .description(description)
              .tags(tags)
              .register(registry));
    }

    void end() {
      meters.forEach(registry::remove);
    }
  }
}
