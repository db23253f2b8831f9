// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.readmodels.Trails.Trail;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;

/// Projections in H2.
final class H2ProjectionTest extends ProjectionContract {

  @Override
  ReadModel<States<Trail>> open() {
    return SqlReadModel.ofStates(Databases.h2(), Trails.BINDING);
  }

  @Override
  int momentsApart() {
    return 3;
  }
}
