// SPDX-License-Identifier: Apache-2.0

package io.leftfold.observing;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// Shows numbers of one record of figures. What is not known is shown as no number.
final class FiguresShown<T> {

  private final MeterRegistry registry;
  private final String prefix;
  private final Tags tags;
  private final Polled<T> figures;

  /// @param prefix of the meters' names
  FiguresShown(MeterRegistry registry, String prefix, Tags tags, Supplier<Optional<T>> figures) {
    this.registry = registry;
    this.prefix = prefix;
    this.tags = tags;
    this.figures = new Polled<>(figures, registry.config().clock());
  }

  FiguresShown<T> gauge(String name, String description, ToDoubleFunction<T> value) {
    return gauge(name, "", description, value);
  }

  FiguresShown<T> seconds(String name, String description, ToDoubleFunction<T> value) {
    return gauge(name, "seconds", description, value);
  }

  private FiguresShown<T> gauge(
      String name, String unit, String description, ToDoubleFunction<T> value) {
    Gauge.builder(prefix + name, figures, it -> number(it, value))
        .description(description)
        .baseUnit(unit.isEmpty() ? null : unit)
        .tags(tags)
        .strongReference(true)
        .register(registry);
    return this;
  }

  /// Of a count that only grows.
  FiguresShown<T> counter(String name, String description, ToDoubleFunction<T> value) {
    FunctionCounter.builder(prefix + name, this, it -> number(it.figures, value))
        .description(description)
        .tags(tags)
        .register(registry);
    return this;
  }

  private static <T> double number(Polled<T> figures, ToDoubleFunction<T> value) {
    return figures.get().map(value::applyAsDouble).orElse(Double.NaN);
  }
}
