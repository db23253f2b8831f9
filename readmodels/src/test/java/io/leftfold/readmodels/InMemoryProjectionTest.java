// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.readmodels.Trails.Trail;
import io.leftfold.toolkit.InMemoryReadModel;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;

/// Projections in memory.
final class InMemoryProjectionTest extends ProjectionContract {

  @Override
  ReadModel<States<Trail>> open() {
    return new InMemoryReadModel<>();
  }
}
