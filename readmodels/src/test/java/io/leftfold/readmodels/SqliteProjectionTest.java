// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.readmodels.Trails.Trail;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// Projections in SQLite.
final class SqliteProjectionTest extends ProjectionContract {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @Override
  ReadModel<States<Trail>> open() {
    return SqlReadModel.ofStates(Databases.at(Databases.sqlite(directory)), Trails.BINDING);
  }

  @Override
  int momentsApart() {
    return 3;
  }
}
