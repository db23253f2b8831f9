// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.wire;

import java.time.Instant;

/// Times as KurrentDB writes them: in ticks of 100 nanoseconds since 1970.
public final class Ticks {

  private static final long A_SECOND = 10_000_000;
  private static final long NANOS = 100;

  private Ticks() {}

  /// A time in ticks.
  ///
  /// @param time what is finer than a tick is cut off
  /// @return the ticks
  public static long of(Instant time) {
    return time.getEpochSecond() * A_SECOND + time.getNano() / NANOS;
  }

  /// The time that ticks say.
  ///
  /// @param ticks since 1970
  /// @return the time
  public static Instant instant(long ticks) {
    return Instant.ofEpochSecond(
        Math.floorDiv(ticks, A_SECOND), Math.floorMod(ticks, A_SECOND) * NANOS);
  }
}
