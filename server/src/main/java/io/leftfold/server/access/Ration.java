// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/// So many in a while, and not more: of what callers can bring about as often as they like.
final class Ration {

  private static final int MOST = 20;
  private static final Duration PERIOD = Duration.ofSeconds(10);

  private final Clock clock;
  private Instant periodEnd = Instant.MIN;
  private long asked;

  Ration(Clock clock) {
    this.clock = clock;
  }

  /// Asks for one.
  ///
  /// @return how many were refused since the last one was given; empty if this one is
  synchronized OptionalLong take() {
    var now = clock.instant();
    var refused = 0L;
    if (!now.isBefore(periodEnd)) {
      refused = Math.max(0, asked - MOST);
      asked = 0;
      periodEnd = now.plus(PERIOD);
    }
    asked++;
    return asked <= MOST ? OptionalLong.of(refused) : OptionalLong.empty();
  }
}
