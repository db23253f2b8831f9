// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.folding;

import io.leftfold.api.EventStore;
import io.leftfold.engine.LocalEventStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// Folding from the engine, in a directory.
final class EmbeddedFoldingTest extends FoldingContract {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  static Path directory;

  @Override
  EventStore open() {
    return LocalEventStore.open(directory.resolve("contract"));
  }
}
