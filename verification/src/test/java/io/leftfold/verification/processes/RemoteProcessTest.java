// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.processes;

import io.leftfold.api.EventStore;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.verification.running.TestServer;
import org.junit.jupiter.api.AfterAll;

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

  @AfterAll
  void closeServer() {
    server.close();
  }
}
