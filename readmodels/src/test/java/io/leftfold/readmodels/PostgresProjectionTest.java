// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.readmodels.Trails.Trail;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;

/// Projections in PostgreSQL.
final class PostgresProjectionTest extends ProjectionContract {

  @Override
  ReadModel<States<Trail>> open() {
    return SqlReadModel.ofStates(Databases.at(Databases.postgres()), Trails.BINDING);
  }

  @Override
  int momentsApart() {
    return 7;
  }
}
