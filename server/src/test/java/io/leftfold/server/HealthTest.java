// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.node.Node;
import io.leftfold.server.node.Readiness;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
}
