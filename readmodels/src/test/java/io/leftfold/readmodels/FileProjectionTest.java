// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.readmodels.Trails.Trail;
import io.leftfold.readmodels.files.FileReadModel;
import io.leftfold.readmodels.files.Pages;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/// Projections in files.
final class FileProjectionTest extends ProjectionContract {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private @Nullable FileReadModel<Trail> opened;

  @Override
  ReadModel<States<Trail>> open() {
    var pages = Pages.<Trail>none().each("{}.txt", (partition, trail) -> partition + trail);
    opened = FileReadModel.open(directory, Trails.BINDING, pages);
    return opened;
  }

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
  }

  @Override
  int momentsApart() {
    return 11;
  }
}
