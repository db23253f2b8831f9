// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// Shows groups one by one, for each has an owner who waits for it; but not more than so many, for
/// callers make groups. Of a group that does not answer it is shown that nothing is known (`NaN`).
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
  Runnable show(String stream, String group, Supplier<Optional<GroupFigures>> source) {
    if (shown.incrementAndGet() > SHOWN_MAX) {
      shown.decrementAndGet();
      hidden.incrementAndGet();
      return hidden::decrementAndGet;
    }
    var one = new One(new Polled<>(source, looks), Tags.of("stream", stream, "group", group));
    one.show();
    return () -> {
      one.end();
      shown.decrementAndGet();
    };
  }

  /// The meters of one group.
  private final class One {
    private final Polled<Optional<GroupFigures>> figures;
    private final Tags tags;
    private final List<Meter> meters = new ArrayList<>();
    private volatile double retries;

    One(Polled<Optional<GroupFigures>> figures, Tags tags) {
      this.figures = figures;
      this.tags = tags;
    }

    void show() {
      gauge("consumers", "", "Consumers", GroupFigures::consumers);
      gauge("buffered", "", "Events read ahead and not given yet", GroupFigures::buffered);
      gauge("in.flight", "", "Events given and not answered yet", GroupFigures::inFlight);
      gauge("retrying", "", "Events that wait to be given again", GroupFigures::retrying);
      gauge("parked", "", "Events parked", GroupFigures::parked);
      gauge(
          "lag.events",
          "",
          "Events behind the last up to which everything is done",
          GroupFigures::lagEvents);
      gauge("lag", "seconds", "The age of the first of those events", GroupFigures::lagSeconds);
      // What is counted is held weakly; this object lives until the group is gone.
      meters.add(
          FunctionCounter.builder("leftfold.group.retries", this, One::retries)
              .description("How often an event was taken back to be given again")
              .tags(tags)
              .register(registry));
    }

    void end() {
      meters.forEach(registry::remove);
    }

    private void gauge(
        String name, String unit, String description, ToDoubleFunction<GroupFigures> value) {
      meters.add(
          Gauge.builder(
                  "leftfold.group." + name,
                  figures,
                  polled -> polled.get().map(value::applyAsDouble).orElse(Double.NaN))
              .description(description)
              .baseUnit(unit.isEmpty() ? null : unit)
              .tags(tags)
              .strongReference(true)
              .register(registry));
    }

    /// A count that is not known stays what it was: a reader would take less for a new beginning.
    private double retries() {
      figures.get().ifPresent(known -> retries = known.retries());
      return retries;
    }
  }
}
