// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import io.leftfold.api.EventStore;
import io.leftfold.engine.EngineOptions;
import io.leftfold.testkit.EventStoreContract;
import io.leftfold.verification.running.TestServer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

/// The contract, through the official Java client and a server in this process.
final class KurrentContractTest extends EventStoreContract {

  private final List<TestServer> servers = new ArrayList<>();

  @Override
  protected EventStore open(Clock clock) {
    var server = TestServer.inMemory(EngineOptions.defaults().withClock(clock));
    servers.add(server);
    return KurrentEventStore.connect(server.connectionString());
  }

  /// What the client has words for.
  @Override
  protected Set<Capability> capabilities() {
    return EnumSet.of(Capability.CLOCK, Capability.CHECKPOINTS_AT_ANY_INTERVAL);
  }

  @AfterEach
  void closeServers() {
    servers.forEach(TestServer::close);
  }
}
