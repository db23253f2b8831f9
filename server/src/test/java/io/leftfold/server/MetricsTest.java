// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.store.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What `/metrics` says, asked over the network.
@Timeout(60)
final class MetricsTest {

  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern DOCUMENTED = Pattern.compile("^\\| `([a-z_]+)` \\|");
  private static final Pattern QUERIED =
      Pattern.compile("\\b((?:leftfold|jvm|process|system)_\\w+)");

  private final LocalEventStore store = LocalEventStore.inMemory();
  private final RunningServer server = new RunningServer(store, Telemetry.defaults());

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void appends_are_counted_with_their_events_and_time() throws IOException {
    var events = server.metric("leftfold_written_events_total");
    var writes = "leftfold_write_duration_seconds_count{operation=\"append\"}";

    server.append("account-1", 3);
    server.append("account-2", 1);

    assertThat(server.metric(writes)).isEqualTo(2);
    assertThat(server.metric("leftfold_written_events_total")).isEqualTo(events + 4);
    assertThat(server.metric("leftfold_written_bytes_total")).isPositive();
    assertThat(server.metric("leftfold_writer_batch_appends_count")).isPositive();
    assertThat(server.metric("leftfold_writer_stage_duration_seconds_count{stage=\"sync\"}"))
        .isEqualTo(server.metric("leftfold_writer_batch_appends_count"));
    assertThat(server.metric("leftfold_log_events")).isEqualTo((double) store.stats().events());
    assertThat(
            server.metric(
                "leftfold_write_duration_seconds_bucket{operation=\"append\",le=\"+Inf\"}"))
        .isEqualTo(2);
  }

  @Test
  void refusals_are_counted_by_what_they_were() throws IOException {
    var conflict =
        Wire.AppendRequest.newBuilder()
            .addAppends(
                Wire.StreamAppend.newBuilder()
                    .setStream("account-1")
                    .setExpected(Wire.ExpectedState.newBuilder().setRevision(7)))
            .build();

    assertThatThrownBy(() -> server.client().append(conflict))
        .isInstanceOf(StatusRuntimeException.class);

    assertThat(
            server.metric(
                "leftfold_write_refusals_total{operation=\"append\",outcome=\"conflict\"}"))
        .isEqualTo(1);
  }

  @Test
  void reads_are_counted_with_their_events() throws IOException {
    server.append("account-1", 5);
    var request = Wire.ReadRequest.newBuilder().setStream("account-1").build();

    server.client().read(request).forEachRemaining(_ -> {});

    assertThat(server.metric("leftfold_read_events_total{operation=\"read_stream\"}")).isEqualTo(5);
    assertThat(server.metric("leftfold_read_duration_seconds_count{operation=\"read_stream\"}"))
        .isEqualTo(1);
    assertThat(server.metric("leftfold_read_events_total{operation=\"read_all\"}")).isZero();
  }

  @Test
  void figures_are_base_units_and_names_follow_the_convention() throws IOException {
    var page = server.get("/metrics", "accept", "application/openmetrics-text").body();

    assertThat(page).endsWith("# EOF\n").contains("# TYPE leftfold_disk_usable_bytes gauge");
    var scrape = Scrape.of(server.get("/metrics").body());
    assertThat(scrape.families())
        .allMatch(name -> name.matches("[a-z][a-z0-9_]*"), "is lower case")
        .noneMatch(name -> name.matches(".*_(ms|millis|milliseconds|kb|mb)(_.*)?"));
    scrape
        .types()
        .forEach((name, type) -> {
          if (type.equals("counter")) {
            assertThat(name).endsWith("_total");
          }
        });
  }

  /// Pauses are there once there was one, what is said of a group once there is one, and what is
  /// said of projections once they run.
  private Scrape scrapeOfEverything() throws IOException {
    GroupMetricsTest.GroupsOf.awaitRunning(server);
    GroupMetricsTest.GroupsOf.create(server, "followed-1");
    while (true) {
      System.gc();
      var projections = server.get("/projections/any").statusCode();
      assertThat(projections).isIn(200, 503);
      var scrape = Scrape.of(server.get("/metrics").body());
      if (scrape.families().contains("jvm_gc_pause_seconds")
          && scrape.families().contains("leftfold_projection_running")) {
        return scrape;
      }
    }
  }

  @Test
  void every_metric_of_the_store_is_documented_and_every_documented_one_is_there()
      throws IOException {
    var documented = new TreeSet<String>();
    for (var line : Files.readAllLines(DOCS.resolve("reference/metrics.md"))) {
      var row = DOCUMENTED.matcher(line);
      if (row.find()) {
        documented.add(row.group(1));
      }
    }

    var scraped =
        scrapeOfEverything().families().stream()
            // The greatest of the last minutes stands beside each histogram, and is explained once.
            .filter(name -> !name.endsWith("_max") || name.contains("_lag_"))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(documented.stream().filter(name -> name.startsWith("leftfold_")))
        .isNotEmpty()
        .containsExactlyElementsOf(
            scraped.stream().filter(name -> name.startsWith("leftfold_")).toList());
    assertThat(scraped).containsAll(documented);
  }

  @Test
  void the_dashboard_and_the_guide_ask_for_metrics_that_exist() throws IOException {
    var names = scrapeOfEverything().names();
    for (var file : new String[] {"grafana/leftfold.json", "how-to/monitoring.md"}) {
      var asked =
          QUERIED
              .matcher(Files.readString(DOCS.resolve(file)))
              .results()
              .map(found -> found.group(1))
              .collect(Collectors.toCollection(TreeSet::new));

      assertThat(asked).as(file).isNotEmpty();
      assertThat(names).as(file).containsAll(asked);
    }
  }

  @Test
  void looking_changes_nothing() throws IOException {
    var before = store.stats().events();

    for (var i = 0; i < 5; i++) {
      assertThat(server.get("/metrics").statusCode()).isEqualTo(200);
    }

    assertThat(store.stats().events()).isEqualTo(before);
  }
}
