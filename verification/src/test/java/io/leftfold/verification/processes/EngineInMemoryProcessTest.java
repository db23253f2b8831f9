// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.processes;

import io.leftfold.api.EventStore;
import io.leftfold.engine.LocalEventStore;

/// Processes on the engine in memory, where nothing waits for a disk: ten thousand of them.
final class EngineInMemoryProcessTest extends ProcessContract {

  @Override
  EventStore open() {
    return LocalEventStore.inMemory();
  }

  @Override
  int many() {
    return Integer.getInteger("tests.instances", 10_000);
  }
}
