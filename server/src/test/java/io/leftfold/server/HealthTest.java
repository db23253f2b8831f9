// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.Durability;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.IndexProgress;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.engine.WriterState;
import io.leftfold.server.node.Node;
import io.leftfold.server.node.Readiness;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whether a node says that it is alive and ready, and why not.
@Timeout(60)
final class HealthTest {

  @Test
  void a_node_that_can_do_everything_is_alive_and_ready() throws IOException {
    try (var server = new RunningServer(LocalEventStore.inMemory(), Telemetry.defaults())) {
      assertThat(server.get("/health/live").statusCode()).isEqualTo(204);
      var ready = server.get("/health/ready");
      assertThat(ready.statusCode()).isEqualTo(200);
      assertThat(ready.body()).contains("\"status\":\"ready\"", "\"reasons\":[]");
    }
  }

  @Test
  void a_node_that_is_being_stopped_is_not_ready() {
    try (var store = LocalEventStore.inMemory()) {
      var node = new Node(store);

      node.closing();

      assertThat(node.readiness().reasons())
          .extracting(Readiness.Reason::obstacle)
          .containsExactly(Readiness.Obstacle.SHUTTING_DOWN);
    }
  }

  // ---- what is the matter with groups

  private static final Readiness.OfGroups WELL = Readiness.OfGroups.WELL;

  private static LocalEventStore configured(ProposedEvent configuration) {
    var store = LocalEventStore.inMemory();
    store.append(
        StreamName.of("$persistentSubscriptionConfig"), ExpectedState.any(), configuration);
    return store;
  }

  @Test
  void a_group_that_cannot_run_is_a_warning() throws IOException {
    var configuration =
        "{\"entries\":[{\"stream\":\"a-1\",\"group\":\"odd\",\"liveBufferSize\":0}]}";
    var store = configured(ProposedEvent.json("$PersistentConfig", configuration));
    try (var server = new RunningServer(store, Telemetry.defaults())) {
      var said = readyPage(server, "odd");
      assertThat(said.statusCode()).isEqualTo(200);
      assertThat(said.body())
          .contains(
              "\"reason\":\"persistent_subscriptions\"", "liveBufferSize is 1 or more, got 0");
    }
  }

  @Test
  void a_node_on_which_no_group_can_run_is_not_ready() throws IOException {
    var store = configured(ProposedEvent.binary("$PersistentConfig", new byte[1]));
    try (var server = new RunningServer(store, Telemetry.defaults())) {
      var _ = readyPage(server, "persistent_subscriptions");
      saysNotReady(server, "persistent_subscriptions", "is no configuration");
    }
  }

  /// Groups begin on a thread of their own.
  private static HttpResponse<String> readyPage(RunningServer server, String word)
      throws IOException {
    var said = server.get("/health/ready");
    while (!said.body().contains(word)) {
      said = server.get("/health/ready");
    }
    return said;
  }

  // ---- what is the matter with the disk

  private static LocalEventStore withSmallFiles(Path directory) {
    return LocalEventStore.open(directory, EngineOptions.defaults().withChunkBytesMax(4096));
  }

  private static void saysNotReady(RunningServer server, String reason, String message)
      throws IOException {
    var ready = server.get("/health/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    var body = new JsonObject(ready.body());
    assertThat(body.getString("status")).isEqualTo(reason);
    assertThat(body.getJsonArray("reasons")).hasSize(1);
    var said = body.getJsonArray("reasons").getJsonObject(0);
    assertThat(said.getString("reason")).isEqualTo(reason);
    assertThat(said.getString("message")).contains(message);
    assertThat(server.get("/health/live").statusCode()).isEqualTo(204);
  }

  @Test
  void a_node_whose_disk_has_failed_is_alive_and_not_ready(@TempDir Path directory)
      throws IOException {
    var log = directory.resolve("log");
    var lost = directory.resolve("lost");
    try (var server = new RunningServer(withSmallFiles(directory), Telemetry.defaults())) {
      server.append("account-1", 1);
      Files.move(log, lost); // so that no next file can be made
      assertThatThrownBy(
              () -> {
                for (var i = 0; i < 100; i++) {
                  server.append("account-1", 10);
                }
              })
          .isInstanceOf(StatusRuntimeException.class);

      saysNotReady(server, "write_failed", "start the server again");
      Files.move(lost, log);
    }
  }

  /// Opening itself reads the last ids, so the damage lies further back than those.
  @Test
  void a_node_whose_log_is_damaged_is_alive_and_not_ready(@TempDir Path directory)
      throws IOException {
    var options = EngineOptions.defaults().withChunkBytesMax(1 << 20).withIndexedAtOpeningMax(0);
    try (var store = LocalEventStore.open(directory, options.withDurability(Durability.OS))) {
      for (var i = 0; i < 35; i++) {
        store.append(
            StreamName.of("account-1"),
            ExpectedState.any(),
            Stream.generate(() -> ProposedEvent.binary("Paid", new byte[1])).limit(4000).toList());
      }
    }
    damage(directory.resolve("log").resolve("chunk-000000.log"));
    try (var files = Files.list(directory.resolve("index"))) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    var store = LocalEventStore.open(directory, options);
    try (var server = new RunningServer(store, Telemetry.defaults())) {
      assertThat(store.whenIndexed().toCompletableFuture()).failsWithin(Duration.ofSeconds(30));
      saysNotReady(server, "damaged", "chunk-000000");
    }
  }

  private static void damage(Path file) throws IOException {
    var bytes = Files.readAllBytes(file);
    bytes[400_000] ^= 1;
    Files.write(file, bytes);
  }

  /// No test has a real disk that is full.
  @Test
  void each_reason_has_a_name_and_says_what_to_expect() {
    var failed = writer(Long.MAX_VALUE, Optional.of("No space left on device"));
    var whole = new IndexProgress(IndexProgress.State.WHOLE, 5, 5, Optional.empty());

    assertThat(words(Readiness.of(false, writer(100, Optional.empty()), whole, WELL)))
        .containsExactly(
            "disk_full: The disk has 100 bytes left, and 1000 are kept in reserve: no appends are taken until there is room");
    assertThat(words(Readiness.of(true, failed, whole, WELL)))
        .containsExactly(
            "shutting_down: The server is being stopped",
            "write_failed: No appends are taken since one failed (No space left on device); start the server again");
    assertThat(
            words(
                Readiness.of(
                    false,
                    writer(1000, Optional.empty()),
                    new IndexProgress(
                        IndexProgress.State.BEING_MADE, 3, 5, Optional.of("a bad sector")),
                    WELL)))
        .containsExactly(
            "indexing: The index covers 3 of 5 events; the last attempt failed: a bad sector");
    assertThat(Readiness.of(false, writer(1000, Optional.empty()), whole, WELL).isReady()).isTrue();
  }

  private static WriterState writer(long usable, Optional<String> failure) {
    return new WriterState(0, 100, 0, 100, usable, 1000, failure);
  }

  private static List<String> words(Readiness readiness) {
    return readiness.reasons().stream()
        .map(reason -> reason.obstacle().label() + ": " + reason.message())
        .toList();
  }
}
