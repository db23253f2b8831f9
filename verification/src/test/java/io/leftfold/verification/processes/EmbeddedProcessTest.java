// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.processes;

import io.leftfold.api.EventStore;
import io.leftfold.engine.LocalEventStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// Processes on the engine, in a directory. `-Dtests.instances=10000` runs more of them.
final class EmbeddedProcessTest extends ProcessContract {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  static Path directory;

  @Override
  EventStore open() {
    return LocalEventStore.open(directory.resolve("processes"));
  }

  @Override
  int many() {
    return Integer.getInteger("tests.instances", 1_000);
  }
}
