// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.api.EventStore;
import io.leftfold.testkit.EventStoreContract;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryContractTest extends EventStoreContract {

  @TempDir Path directory;
  private int opened;

  @Override
  protected EventStore open(Clock clock) {
    return LocalEventStore.open(
        directory.resolve("store-" + opened++), EngineOptions.defaults().withClock(clock));
  }
}
