// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification;

import io.leftfold.api.EventStore;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import io.leftfold.testkit.EventStoreContract;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/// The contract, through our own client and a server in this process.
final class RemoteContractTest extends EventStoreContract {

  private final List<AutoCloseable> opened = new ArrayList<>();

  @Override
  protected EventStore open(Clock clock) {
    var engine = LocalEventStore.inMemory(EngineOptions.defaults().withClock(clock));
    var server = LeftfoldServer.start(engine, ServerOptions.insecure().withAddress("127.0.0.1", 0));
    opened.add(server);
    opened.add(engine);
    return RemoteEventStore.connect("leftfold://127.0.0.1:%d?tls=false".formatted(server.port()));
  }

  @AfterEach
  void closeServer() throws Exception {
    for (var thing : opened) {
      thing.close();
    }
  }
}
