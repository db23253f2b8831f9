// SPDX-License-Identifier: Apache-2.0

package io.leftfold.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.EventCodec;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.InMemoryReadModel;
import io.leftfold.toolkit.OnFailure;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.States;
import io.leftfold.toolkit.WorkObserver;
import io.leftfold.toolkit.topology.PartStatus;
import io.leftfold.toolkit.topology.RunningTopology;
import io.leftfold.toolkit.topology.Topology;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

final class LeftfoldAutoConfigurationTest {

  private static final StreamName STREAM = StreamName.of("account-7");
  private static final Duration LONG = Duration.ofSeconds(30);

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  LeftfoldAutoConfiguration.class,
                  LeftfoldHealthAutoConfiguration.class,
                  LeftfoldMetricsAutoConfiguration.class));
  private final ApplicationContextRunner inMemory =
      runner.withPropertyValues("leftfold.store=memory");

  /// What an application declares.
  @Configuration(proxyBeanMethods = false)
  static class Sums {
    private static final EventCodec<Integer> CODEC =
        EventCodec.of(
            cents -> ProposedEvent.json("Came", Integer.toString(cents)),
            event -> Decoded.known(Integer.parseInt(event.dataAsText())));

    @Bean
    InMemoryReadModel<Integer> readModel() {
      return new InMemoryReadModel<>();
    }

    @Bean
    Topology topology(InMemoryReadModel<Integer> readModel) {
      return Topology.named("sums")
          .projection(
              Projection.folding("sums", 1, CODEC, 0, Integer::sum),
              readModel,
              FoldingOptions.defaults().with(OnFailure.STOP));
    }
  }

  private static long append(EventStore store, String cents) {
    return store
        .append(STREAM, ExpectedState.any(), ProposedEvent.json("Came", cents))
        .position()
        .orElseThrow();
  }

  private static Map<String, Integer> sums(AssertableApplicationContext context) {
    @SuppressWarnings("unchecked")
    InMemoryReadModel<Integer> readModel = context.getBean(InMemoryReadModel.class);
    return readModel.<Map<String, Integer>>read("sums", States::all);
  }

  // ---- the store

  @Test
  void a_store_in_memory() {
    inMemory.run(context -> {
      assertThat(context).hasSingleBean(EventStore.class);
      assertThat(append(context.getBean(EventStore.class), "5")).isPositive();
      assertThat(context).doesNotHaveBean(RunningTopology.class);
    });
  }

  @Test
  void a_store_in_a_directory_is_closed_and_there_the_next_time(@TempDir Path directory) {
    var there = runner.withPropertyValues("leftfold.store=" + directory.resolve("events"));
    there.run(context -> append(context.getBean(EventStore.class), "5"));

    there.run(context ->
        assertThat(context.getBean(EventStore.class).read(STREAM, ReadOptions.forwards()).events())
            .hasSize(1));
  }

  @Test
  void a_store_far_away() {
    runner
        .withPropertyValues("leftfold.store=kurrentdb://127.0.0.1:1?tls=false")
        .run(context ->
            assertThat(context).getBean(EventStore.class).isInstanceOf(RemoteEventStore.class));
  }

  @Test
  void nothing_is_guessed() {
    runner.run(context ->
        assertThat(context).getFailure().rootCause().hasMessageContaining("leftfold.store"));
  }

  @Test
  void a_store_of_the_application_is_left_alone() {
    runner
        .withBean("mine", EventStore.class, LocalEventStore::inMemory)
        .run(context -> assertThat(context).getBeanNames(EventStore.class).containsExactly("mine"));
  }

  // ---- the topology

  @Test
  void a_topology_runs_as_the_configuration_says() {
    inMemory
        .withUserConfiguration(Sums.class)
        .withPropertyValues("leftfold.topology.mode=inline")
        .run(context -> {
          append(context.getBean(RunningTopology.class).store(), "5");

          assertThat(sums(context)).containsEntry("account-7", 5);
        });
  }

  @Test
  void in_the_background_if_nobody_says() {
    inMemory
        .withUserConfiguration(Sums.class)
        .run(context -> {
          var running = context.getBean(RunningTopology.class);
          var position = append(context.getBean(EventStore.class), "5");

          assertThat(running.await(position, LONG)).isTrue();
          assertThat(sums(context)).containsEntry("account-7", 5);
        });
  }

  @Test
  void shared_it_wants_a_name_for_the_process() {
    var shared =
        inMemory
            .withUserConfiguration(Sums.class)
            .withPropertyValues("leftfold.topology.mode=shared");

    shared.run(
        context -> assertThat(context).getFailure().rootCause().hasMessageContaining("has a name"));
    shared
        .withPropertyValues("leftfold.topology.holder=west")
        .run(context -> assertThat(context).hasNotFailed());
  }

  /// Other beans write before everything is there; that is folded, and nobody waits for it.
  @Test
  void it_begins_when_all_beans_are_there() {
    inMemory
        .withUserConfiguration(Sums.class)
        .withPropertyValues("leftfold.topology.mode=after-commit")
        .withBean(Early.class)
        .run(context -> {
          var early = context.getBean(Early.class);
          assertThat(early.parts).noneMatch(PartStatus::isRunning);
          var running = context.getBean(RunningTopology.class);
          assertThat(running.parts()).allMatch(PartStatus::isRunning);
          assertThat(running.await(early.position, LONG)).isTrue();
          assertThat(sums(context)).containsEntry("account-7", 3);
        });
  }

  /// A bean that is made before the topology begins.
  static final class Early {
    final List<PartStatus> parts;
    final long position;

    Early(RunningTopology running) {
      parts = running.parts();
      position = append(running.store(), "3");
    }
  }

  @Test
  void it_ends_before_the_store_does() {
    var ended = new ArrayList<String>();
    runner
        .withUserConfiguration(Sums.class)
        .withBean("mine", EventStore.class, () -> new Telling(ended))
        .run(context -> {
          var store = (Telling) context.getBean(EventStore.class);
          store.running.add(context.getBean(RunningTopology.class));
        });

    assertThat(ended).containsExactly("the store; parts that run: 0");
  }

  /// Says what still runs when it is closed.
  private static final class Telling extends ForwardingEventStore {
    private final List<String> ended;
    private final List<RunningTopology> running = new ArrayList<>();

    Telling(List<String> ended) {
      super(LocalEventStore.inMemory());
      this.ended = ended;
    }

    @Override
    public void close() {
      var parts =
          running.stream()
              .flatMap(topology -> topology.parts().stream())
              .filter(PartStatus::isRunning)
              .count();
      ended.add("the store; parts that run: " + parts);
      super.close();
    }
  }

  // ---- looking

  private static Health health(AssertableApplicationContext context) {
    return Objects.requireNonNull(
        context.getBean("leftfoldHealthIndicator", HealthIndicator.class).health());
  }

  @Test
  void health_tells_of_the_store_and_of_each_part() {
    inMemory
        .withUserConfiguration(Sums.class)
        .withPropertyValues("leftfold.topology.mode=inline")
        .run(context -> {
          var running = context.getBean(RunningTopology.class);
          append(running.store(), "5");
          assertThat(health(context).getStatus()).isEqualTo(Status.UP);
          assertThat(health(context).getDetails()).containsEntry("sums.1", "running");

          append(running.store(), "\"much\"");
          assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
          assertThat(health(context).getDetails().get("sums.1")).asString().contains("failed");

          context.getBean(EventStore.class).close();
          assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
        });
  }

  @Test
  void health_tells_how_much_is_parked_and_is_down_for_it_if_the_application_says_so() {
    var parking =
        inMemory
            .withUserConfiguration(ParkingSums.class)
            .withPropertyValues("leftfold.topology.mode=inline");
    parking.run(context -> {
      append(context.getBean(RunningTopology.class).store(), "-1");
      assertThat(health(context).getStatus()).isEqualTo(Status.UP);
      assertThat(health(context).getDetails()).containsEntry("sums.1", "running, 1 parked");
    });
    parking
        .withPropertyValues("leftfold.health.down-if-parked=true")
        .run(context -> {
          assertThat(health(context).getStatus()).isEqualTo(Status.UP);
          append(context.getBean(RunningTopology.class).store(), "-1");
          assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
        });
  }

  /// What is negative is parked.
  @Configuration(proxyBeanMethods = false)
  static class ParkingSums {
    @Bean
    Topology topology() {
      return Topology.named("sums")
          .projection(
              Projection.folding("sums", 1, Sums.CODEC, 0, ParkingSums::plus),
              new InMemoryReadModel<>(),
              FoldingOptions.defaults().withAttemptsMax(1));
    }

    private static int plus(int sum, int cents) {
      if (cents < 0) {
        throw new IllegalArgumentException("got " + cents);
      }
      return sum + cents;
    }
  }

  @Test
  void meters_are_bound_where_there_is_a_registry() {
    inMemory
        .withUserConfiguration(Sums.class)
        .withPropertyValues("leftfold.topology.mode=inline")
        .withConfiguration(
            AutoConfigurations.of(
                MetricsAutoConfiguration.class,
                SimpleMetricsExportAutoConfiguration.class,
                CompositeMeterRegistryAutoConfiguration.class))
        .run(context -> {
          assertThat(context).hasSingleBean(WorkObserver.class);
          append(context.getBean(RunningTopology.class).store(), "5");
          append(context.getBean(EventStore.class), "5");

          assertThat(
                  context
                      .getBean(MeterRegistry.class)
                      .get("leftfold.toolkit.projection.lag.events")
                      .tag("projection", "sums.1")
                      .gauge()
                      .value())
              .isEqualTo(1);
        });
  }

  @Test
  void without_actuator_and_micrometer_the_rest_is_there() {
    inMemory
        .withUserConfiguration(Sums.class)
        .withClassLoader(
            new FilteredClassLoader("io.micrometer", "org.springframework.boot.health"))
        .run(context -> {
          assertThat(context).hasSingleBean(RunningTopology.class);
          assertThat(context).doesNotHaveBean(WorkObserver.class);
          assertThat(context).doesNotHaveBean("leftfoldHealthIndicator");
        });
  }

  // ---- for editors

  @Test
  void the_metadata_names_each_property() throws Exception {
    try (var file =
        LeftfoldProperties.class.getResourceAsStream(
            "/META-INF/spring-configuration-metadata.json")) {
      var properties =
          JsonMapper.shared().readTree(Objects.requireNonNull(file)).required("properties");
      var described = new ArrayList<String>();
      properties.forEach(property -> described.add(property.required("name").asString()));
      assertThat(described)
          .containsExactlyInAnyOrder(
              "leftfold.store",
              "leftfold.topology.mode",
              "leftfold.topology.holder",
              "leftfold.health.down-if-parked");
    }
    assertThat(components(LeftfoldProperties.class)).containsExactly("store", "topology", "health");
    assertThat(components(LeftfoldProperties.TopologyProperties.class))
        .containsExactly("mode", "holder");
    assertThat(components(LeftfoldProperties.HealthProperties.class))
        .containsExactly("downIfParked");
  }

  private static List<String> components(Class<?> type) {
    return java.util.Arrays.stream(type.getRecordComponents())
        .map(java.lang.reflect.RecordComponent::getName)
        .toList();
  }
}
