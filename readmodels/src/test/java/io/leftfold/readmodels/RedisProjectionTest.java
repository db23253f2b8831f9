// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.readmodels.Trails.Trail;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;

/// Projections in Redis.
final class RedisProjectionTest extends ProjectionContract {

  @Override
  ReadModel<States<Trail>> open() {
    return RedisServer.at(RedisServer.room(), Trails.BINDING);
  }

  @Override
  int momentsApart() {
    return 3;
  }
}
