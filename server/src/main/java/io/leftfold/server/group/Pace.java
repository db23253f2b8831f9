// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

/// Counts what goes by, and how fast it does.
public final class Pace {

  private static final long SECOND_MILLIS = 1_000;

  private final long since;
  private long total;
  private long seen;

  Pace(long now) {
    since = now;
  }

  void count() {
    total++;
  }

  /// What was counted.
  ///
  /// @param averagePerSecond since the beginning
  /// @param total since the beginning
  /// @param sinceLast since these figures were asked for before
  public record Figures(int averagePerSecond, long total, long sinceLast) {}

  Figures figures(long now) {
    var millis = Math.max(1, now - since);
    var sinceLast = total - seen;
    seen = total;
    var average = total * SECOND_MILLIS / Math.max(SECOND_MILLIS, millis);
    return new Figures((int) Math.min(Integer.MAX_VALUE, average), total, sinceLast);
  }
}
