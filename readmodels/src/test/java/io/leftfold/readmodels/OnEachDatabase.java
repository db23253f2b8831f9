// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.api.EventStore;
import io.leftfold.testkit.InMemoryEventStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/// A store, and the databases into which it is folded.
abstract class OnEachDatabase {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  static Path directory;

  final EventStore store = new InMemoryEventStore(Clock.systemUTC());

  static Stream<DataSource> databases() {
    return Databases.all(directory);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }
}
