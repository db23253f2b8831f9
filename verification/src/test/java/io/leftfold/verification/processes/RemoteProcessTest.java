// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.processes;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.UnavailableException;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.toolkit.InMemoryReadModel;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.States;
import io.leftfold.toolkit.process.ProcessOptions;
import io.leftfold.toolkit.process.ProcessRunner;
import io.leftfold.toolkit.process.Retries;
import io.leftfold.verification.running.TestServer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes far from their store, through our own client and a server in this process.
final class RemoteProcessTest extends ProcessContract {

  private final TestServer server = TestServer.inMemory();

  @Override
  EventStore open() {
    return RemoteEventStore.connect("leftfold://127.0.0.1:%d?tls=false".formatted(server.port()));
  }

  @Override
  int many() {
    return 50;
  }

  /// As it is stopped when the machine restarts: everybody is told.
  @Test
  void a_server_that_is_stopped_in_order_and_started_again_ends_nothing(@TempDir Path directory)
      throws Exception {
    var first = TestServer.on(directory);
    var port = first.port();
    var readModel = new InMemoryReadModel<Integer>();
    var asked =
        Projection.folding("asked", 1, Errands.EVENTS, 0, (count, _) -> count + 1)
            .from(new EventFilter.Types(Set.of("ErrandAsked")));
    try (var store = RemoteEventStore.connect("leftfold://127.0.0.1:%d?tls=false".formatted(port));
        var projector = Projector.of(store, asked, readModel);
        var process =
            ProcessRunner.of(
                    store,
                    Errands.definition("restart"),
                    Errands.target(store, (_, _) -> {}),
                    Clock.systemUTC(),
                    ProcessOptions.of(Retries.defaults(new Random(1))))
                .start(Thread.ofVirtual().factory())) {
      projector.start();
      Errands.ask(store, "restart.1");
      Errands.awaitCompleted(store, "restart", 1);

      first.close();
      try (var _ = TestServer.on(directory, port)) {
        ask(store, "restart.2");
        Errands.awaitCompleted(store, "restart", 2);

        assertThat(process.failure()).isEmpty();
        assertThat(projector.await(store.lastPosition().orElseThrow(), Duration.ofSeconds(30)))
            .isTrue();
        assertThat(readModel.<Map<String, Integer>>read("asked", States::all))
            .containsOnlyKeys("errand-restart.1", "errand-restart.2");
      }
    }
  }

  /// The server was away; the client finds it.
  private static void ask(EventStore store, String name) {
    var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try {
        Errands.ask(store, name);
        return;
      } catch (UnavailableException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  @AfterAll
  void closeServer() {
    server.close();
  }
}
