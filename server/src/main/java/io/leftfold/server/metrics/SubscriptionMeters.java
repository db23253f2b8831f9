// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.metrics;

import io.leftfold.server.node.Following;
import io.leftfold.server.node.Measures.FollowingFigures;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/// Shows subscriptions: how many, and how far the last is behind. One by one they would be more
/// than anybody counts.
final class SubscriptionMeters {

  private SubscriptionMeters() {}

  static void show(
      Following.Source source, Polled<FollowingFigures> figures, MeterRegistry registry) {
    gauge("leftfold.subscriptions", "Subscriptions", FollowingFigures::open)
        .of(source, figures, registry);
    gauge(
            "leftfold.subscriptions.behind",
            "Subscriptions with events before them",
            FollowingFigures::behind)
        .of(source, figures, registry);
    gauge(
            "leftfold.subscription.lag.events.max",
            "The most events before a subscription",
            FollowingFigures::lagEventsMax)
        .of(source, figures, registry);
    gauge(
            "leftfold.subscription.lag.max",
            "The greatest age of the first event before a subscription",
            FollowingFigures::lagSecondsMax)
        .in("seconds")
        .of(source, figures, registry);
  }

  private static Meter gauge(
      String name, String description, ToDoubleFunction<FollowingFigures> value) {
    return new Meter(name, description, "", value);
  }

  private record Meter(
      String name, String description, String unit, ToDoubleFunction<FollowingFigures> value) {

    Meter in(String seconds) {
      return new Meter(name, description, seconds, value);
    }

    void of(Following.Source source, Polled<FollowingFigures> figures, MeterRegistry registry) {
      Gauge.builder(name, figures, polled -> value.applyAsDouble(polled.get()))
          .description(description)
          .baseUnit(unit.isEmpty() ? null : unit)
          .tag("source", source.label())
          .strongReference(true)
          .register(registry);
    }
  }
}
