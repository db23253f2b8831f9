// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.toolkit.ProjectionStatus.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How a projection is doing in one [Projector]: numbers, for whatever keeps metrics.
///
/// ```java
/// registry.gauge("balances.lag", balances, it -> it.figures().lag());
/// ```
///
/// @param phase what it is doing
/// @param position of the last event that was looked at, −1 before the first
/// @param lag by how many positions of the store that is behind; 0 if there is nothing to fold
/// @param next when the next event that is to be folded was recorded; empty if there is none
/// @param parked how many partitions stand still
public record ProjectionFigures(
    Phase phase, long position, long lag, Optional<Instant> next, int parked) {

  /// For how long the next event has been waiting to be folded.
  ///
  /// @param now by the store's clock, or one like it
  /// @return zero if there is none
  public Duration waiting(Instant now) {
    return next.map(recorded -> Duration.between(recorded, now))
        .filter(Duration::isPositive)
        .orElse(Duration.ZERO);
  }
}
