// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification;

import io.leftfold.api.EventStore;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.edge.Edge;
import io.leftfold.server.edge.EdgeOptions;
import io.leftfold.server.grpc.store.StoreService;
import io.leftfold.server.node.Node;
import io.leftfold.testkit.EventStoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/// The contract, through our own client and a server in this process.
final class RemoteContractTest extends EventStoreContract {

  private final List<AutoCloseable> opened = new ArrayList<>();

  @Override
  protected EventStore open(Clock clock) {
    var engine = LocalEventStore.inMemory(EngineOptions.defaults().withClock(clock));
    var service = new StoreService(new Node(engine), Thread.ofVirtual().factory(), 64 << 20);
    var edge = start(service);
    opened.add(() -> edge.close(Duration.ofSeconds(1)));
    opened.add(engine);
    return RemoteEventStore.connect("leftfold://127.0.0.1:%d?tls=false".formatted(edge.port()));
  }

  private static Edge start(StoreService service) {
    try {
      return Edge.start(
          EdgeOptions.defaults().withAddress("127.0.0.1", 0).withEventLoops(1),
          service.handlers(),
          _ -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void closeServer() throws Exception {
    for (var thing : opened) {
      thing.close();
    }
  }
}
