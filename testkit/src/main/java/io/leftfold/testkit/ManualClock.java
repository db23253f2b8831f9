// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// A clock that stands still until someone turns it, forwards or backwards.
public final class ManualClock extends Clock {

  private volatile Instant now;

  /// A clock that stands at an instant.
  ///
  /// @param start the instant
  public ManualClock(Instant start) {
    now = start;
  }

  /// Turns it.
  ///
  /// @param step how far; negative to turn it back
  public synchronized void advance(Duration step) {
    now = now.plus(step);
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return Clock.fixed(now, zone);
  }
}
