// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.engine.scavenge.ScavengeTerms;

/// How to scavenge: `ScavengeOptions.defaults().atMost(50 << 20)`.
///
/// @param dryRun whether only to tell what would be freed; then nothing is written, nor recorded
/// @param thresholdPercent how much of a log file must be freed for it to be written again, in
///   percent; with 0 everything goes that may be forgotten
/// @param bytesPerSecondMax how many bytes to read and write a second; 0 for as many as possible
/// @param firstChunk the log file to begin with; −1 for going on where the last scavenge ended, if
///   it ended before it was through
public record ScavengeOptions(
    boolean dryRun, int thresholdPercent, long bytesPerSecondMax, int firstChunk) {

  private static final ScavengeOptions DEFAULTS = new ScavengeOptions(false, 0, 0, -1);

  /// Checks the bounds.
  public ScavengeOptions {
    if (thresholdPercent < 0 || thresholdPercent > 100) {
      throw new IllegalArgumentException(
          "A threshold is 0 to 100 percent, got " + thresholdPercent);
    }
    if (bytesPerSecondMax < 0) {
      throw new IllegalArgumentException(
          "bytesPerSecondMax is 0 or more, got " + bytesPerSecondMax);
    }
    if (firstChunk < -1) {
      throw new IllegalArgumentException("firstChunk is -1 or more, got " + firstChunk);
    }
  }

  /// Everything that may be forgotten, as fast as possible.
  ///
  /// @return the options
  public static ScavengeOptions defaults() {
    return DEFAULTS;
  }

  /// Only tells what would be freed.
  ///
  /// @return the new options
  public ScavengeOptions asDryRun() {
    return new ScavengeOptions(true, thresholdPercent, bytesPerSecondMax, firstChunk);
  }

  /// Leaves log files as they are of which less would be freed.
  ///
  /// @param percent 0 to 100
  /// @return the new options
  public ScavengeOptions withThreshold(int percent) {
    return new ScavengeOptions(dryRun, percent, bytesPerSecondMax, firstChunk);
  }

  /// Goes slowly.
  ///
  /// @param bytesPerSecond how many bytes to read and write; 0 for as many as possible
  /// @return the new options
  public ScavengeOptions atMost(long bytesPerSecond) {
    return new ScavengeOptions(dryRun, thresholdPercent, bytesPerSecond, firstChunk);
  }

  /// Begins with a log file.
  ///
  /// @param chunk its number, from 0
  /// @return the new options
  public ScavengeOptions fromChunk(int chunk) {
    return new ScavengeOptions(dryRun, thresholdPercent, bytesPerSecondMax, chunk);
  }

  ScavengeTerms terms() {
    return new ScavengeTerms(dryRun, thresholdPercent, bytesPerSecondMax, firstChunk);
  }
}
