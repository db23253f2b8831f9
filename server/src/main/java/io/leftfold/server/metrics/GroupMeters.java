// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// Shows groups one by one, for each has an owner who waits for it; but not more than so many, for
/// callers make groups.
final class GroupMeters {

  /// The most groups that are shown.
  static final int SHOWN_MAX = 200;

  private final MeterRegistry registry;
  private final Looks looks;
  private final AtomicInteger shown = new AtomicInteger();
  private final AtomicInteger hidden = new AtomicInteger();

  GroupMeters(MeterRegistry registry, Looks looks) {
    this.registry = registry;
    this.looks = looks;
    Gauge.builder("leftfold.groups", () -> shown.get() + hidden.get())
        .description("Persistent subscription groups")
        .register(registry);
    Gauge.builder("leftfold.groups.hidden", hidden, AtomicInteger::get)
        .description("Groups without metrics of their own, since there are too many")
        .strongReference(true)
        .register(registry);
  }

  /// Shows a group until what is returned is run.
  Runnable show(String stream, String group, Supplier<GroupFigures> source) {
    if (shown.incrementAndGet() > SHOWN_MAX) {
      shown.decrementAndGet();
      hidden.incrementAndGet();
      return hidden::decrementAndGet;
    }
    var figures = new Polled<>(source, looks);
    var meters = new ArrayList<Meter>();
    meters.add(
        gauge(stream, group, figures, "consumers", "", "Consumers", GroupFigures::consumers));
    meters.add(
        gauge(
            stream,
            group,
            figures,
            "in.flight",
            "",
            "Events given and not answered yet",
            GroupFigures::inFlight));
    meters.add(
        gauge(
            stream,
            group,
            figures,
            "retrying",
            "",
            "Events that wait to be given again",
            GroupFigures::retrying));
    meters.add(gauge(stream, group, figures, "parked", "", "Events parked", GroupFigures::parked));
    meters.add(
        gauge(
            stream,
            group,
            figures,
            "lag.events",
            "",
            "Events not looked at yet",
            GroupFigures::lagEvents));
    meters.add(
        gauge(
            stream,
            group,
            figures,
            "lag",
            "seconds",
            "The age of the first event not looked at yet",
            GroupFigures::lagSeconds));
    return () -> remove(meters);
  }

  private void remove(List<Meter> meters) {
    meters.forEach(registry::remove);
    shown.decrementAndGet();
  }

  private Gauge gauge(
      String stream,
      String group,
      Polled<GroupFigures> figures,
      String name,
      String unit,
      String description,
      ToDoubleFunction<GroupFigures> value) {
    return Gauge.builder(
            "leftfold.group." + name, figures, polled -> value.applyAsDouble(polled.get()))
        .description(description)
        .baseUnit(unit.isEmpty() ? null : unit)
        .tag("stream", stream)
        .tag("group", group)
        .strongReference(true)
        .register(registry);
  }
}
