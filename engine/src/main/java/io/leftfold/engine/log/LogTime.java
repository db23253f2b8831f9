// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import java.time.Instant;

/// Times as the log counts them: whole microseconds since 1970. Times that are too far away to be
/// counted are as far as can be.
public final class LogTime {

  private static final long MICROS = 1_000_000;
  private static final long SECONDS_MAX = Long.MAX_VALUE / MICROS - 1;

  private LogTime() {}

  /// The first time of the log that is not before a time.
  public static long atOrAfter(Instant time) {
    var seconds = Math.clamp(time.getEpochSecond(), -SECONDS_MAX, SECONDS_MAX);
    return seconds * MICROS + (time.getNano() + 999) / 1000;
  }

  /// The first time of the log that is behind a time.
  public static long after(Instant time) {
    var seconds = Math.clamp(time.getEpochSecond(), -SECONDS_MAX, SECONDS_MAX);
    return seconds * MICROS + time.getNano() / 1000 + 1;
  }
}
