// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.kurrent;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// Shows the time at which the source recorded what is being copied, so that the copy says the same
/// of every moment of the past. Set by one thread, read by others.
public final class SourceClock extends Clock {

  private volatile Instant now = Instant.EPOCH;

  /// Begins at 1970.
  public SourceClock() {}

  void set(Instant created) {
    now = created;
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
    return this;
  }
}
