// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.folding;

import io.leftfold.api.EventStore;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.verification.running.TestServer;
import org.junit.jupiter.api.AfterAll;

/// Folding from far away, through our own client and a server in this process.
final class RemoteFoldingTest extends FoldingContract {

  private final TestServer server = TestServer.inMemory();

  @Override
  EventStore open() {
    return RemoteEventStore.connect("leftfold://127.0.0.1:%d?tls=false".formatted(server.port()));
  }

  @AfterAll
  void closeServer() {
    server.close();
  }
}
