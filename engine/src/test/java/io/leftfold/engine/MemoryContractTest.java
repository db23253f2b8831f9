// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.api.EventStore;
import io.leftfold.testkit.EventStoreContract;
import java.time.Clock;

final class MemoryContractTest extends EventStoreContract {

  @Override
  protected EventStore open(Clock clock) {
    return LocalEventStore.inMemory(
        EngineOptions.defaults().withChunkBytesMax(1 << 20).withClock(clock));
  }
}
