// SPDX-License-Identifier: Apache-2.0

package io.leftfold.observing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.observing.Parcels.Order;
import io.leftfold.observing.Parcels.Ordered;
import io.leftfold.observing.Parcels.Ship;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.HandlingOptions;
import io.leftfold.toolkit.TooManyConflictsException;
import io.leftfold.toolkit.topology.Mode;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ToolkitMetersTest {

  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");

  private final EventStore store = new InMemoryEventStore(Clock.fixed(NOON, ZoneOffset.UTC));
  private final Clock later = Clock.fixed(NOON.plusSeconds(90), ZoneOffset.UTC);
  private final MockClock looks = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, looks);
  private final HandlingOptions handling =
      HandlingOptions.defaults().observedBy(ToolkitMeters.ofWork(registry)).with(_ -> {});

  @AfterEach
  void close() {
    store.close();
  }

  private double projection(String meter) {
    return gauge("projection." + meter, Tags.of("projection", "counts.1"));
  }

  private double process(String meter) {
    return gauge("process." + meter, Tags.of("process", "shipping"));
  }

  private double gauge(String meter, Tags tags) {
    looks.add(Duration.ofSeconds(1));
    return registry.get("leftfold.toolkit." + meter).tags(tags).gauge().value();
  }

  private void order(String order) {
    var _ =
        store.append(
            Parcels.stream(order), ExpectedState.any(), Parcels.EVENTS.encode(new Ordered(order)));
  }

  private long count(String meter, String... tags) {
    return registry.get("leftfold.toolkit." + meter).tags(tags).timer().count();
  }

  @Test
  void parts_of_a_topology_show_how_far_behind_they_are() {
    var processing = Parcels.processing().observedBy(ToolkitMeters.ofWork(registry));
    var topology = Parcels.topology(handling, processing);
    try (var running =
        topology.run(store, new Mode.Stepped(), later, Thread.ofVirtual().factory())) {
      ToolkitMeters.ofTopology(running, later).bindTo(registry);
      assertThat(projection("lag.events")).as("before it began").isNaN();
      running.drain();
      order("7");
      order("8");

      assertThat(projection("lag.events")).isBetween(2.0, 3.0);
      assertThat(projection("lag")).isEqualTo(90);
      assertThat(projection("parked")).isZero();
      assertThat(projection("running")).isEqualTo(1);
      assertThat(process("lag.events")).isBetween(2.0, 3.0);
      assertThat(process("lag")).isEqualTo(90);
      assertThat(process("instances")).isZero();

      running.drain();

      assertThat(projection("lag.events")).isZero();
      assertThat(process("lag.events")).isZero();
      assertThat(process("instances")).isZero();
      assertThat(process("commands.open")).isZero();
      assertThat(process("aside")).isZero();
      assertThat(process("full")).isZero();
      assertThat(process("running")).isEqualTo(1);
      assertThat(registry.get("leftfold.toolkit.process.retries").functionCounter().count())
          .isZero();
      assertThat(
              count("deliveries", "process", "shipping", "command", "Ship", "outcome", "accepted"))
          .isEqualTo(2);
      assertThat(count("commands", "command", "Ship", "outcome", "accepted")).isEqualTo(2);
    }
  }

  @Test
  void a_process_that_ended_does_not_run() {
    var process = Parcels.runner(store, handling, Parcels.processing(), later);
    var running = process.start(Thread.ofVirtual().factory());
    ToolkitMeters.ofProcess("shipping", running::figures).bindTo(registry);
    assertThat(process("running")).isEqualTo(1);

    running.close();

    assertThat(process("running")).isZero();
  }

  @Test
  void a_store_that_cannot_be_asked_is_no_number() {
    var topology = Parcels.topology(handling, Parcels.processing());
    try (var running =
        topology.run(store, new Mode.Stepped(), later, Thread.ofVirtual().factory())) {
      ToolkitMeters.ofTopology(running, later).bindTo(registry);
      running.drain();
      assertThat(process("lag.events")).isZero();
      store.close();

      assertThat(process("lag.events")).isNaN();
    }
  }

  @Test
  void commands_are_timed_by_their_outcome() {
    var handler = Parcels.<Order>handler(store, handling, () -> looks.add(Duration.ofMillis(20)));
    var id = CommandId.of("first");
    handler.handle(id, new Order("7"));
    handler.handle(id, new Order("7"));
    handler.handle(new Order("7"));

    assertThat(count("commands", "command", "Order", "outcome", "accepted")).isEqualTo(1);
    assertThat(count("commands", "command", "Order", "outcome", "repeated")).isEqualTo(1);
    assertThat(count("commands", "command", "Order", "outcome", "rejected")).isEqualTo(1);
    assertThat(
            registry
                .get("leftfold.toolkit.commands")
                .tags("outcome", "accepted")
                .timer()
                .totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(20);
  }

  /// Somebody else writes into the boundary each time that it is decided.
  @Test
  void conflicts_are_counted() {
    var handler = Parcels.<Ship>handler(store, handling.withAttemptsMax(3), () -> order("7"));

    assertThatThrownBy(() -> handler.handle(new Ship("7")))
        .isInstanceOf(TooManyConflictsException.class);
    assertThat(count("commands", "command", "Ship", "outcome", "failed")).isEqualTo(1);
    assertThat(registry.get("leftfold.toolkit.commands.conflicts").counter().count()).isEqualTo(3);
  }
}
