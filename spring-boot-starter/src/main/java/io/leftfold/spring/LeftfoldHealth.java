// SPDX-License-Identifier: Apache-2.0

package io.leftfold.spring;

import io.leftfold.api.EventStore;
import io.leftfold.toolkit.topology.PartStatus;
import io.leftfold.toolkit.topology.RunningTopology;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Up while the store answers and no part of a topology fails. A part that runs in another process
/// is that one's affair. What is parked is told; whether it is a reason to be down, the application
/// says: to start anew would not help.
///
/// @param store asked for its last position
/// @param topologies asked for their parts
/// @param isDownIfParked whether it is down while anything is parked
record LeftfoldHealth(EventStore store, List<RunningTopology> topologies, boolean isDownIfParked)
    implements HealthIndicator {

  @Override
  public Health health() {
    long position;
    try {
      position = store.lastPosition().orElse(-1L);
    } catch (RuntimeException e) {
      return Health.down(e).build();
    }
    var health = Health.up().withDetail("position", position);
    for (var part : parts()) {
      if (part.failure().isPresent() || (isDownIfParked && part.parked() > 0)) {
        health.down();
      }
      health.withDetail(part.name(), said(part));
    }
    return health.build();
  }

  private List<PartStatus> parts() {
    return topologies.stream().flatMap(topology -> topology.parts().stream()).toList();
  }

  private static String said(PartStatus part) {
    var doing =
        part.failure()
            .map(failure -> "failed: " + failure)
            .orElse(part.isRunning() ? "running" : "not running here");
    return part.parked() == 0 ? doing : "%s, %d parked".formatted(doing, part.parked());
  }
}
