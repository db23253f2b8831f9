// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// The pauses before something that has failed is tried again: a second, two, four, up to a minute.
final class BackOff {

  private static final long FIRST_MILLIS = 1_000;
  private static final long LONGEST_MILLIS = 60_000;
  private static final int DOUBLED_MAX = 16;

  private BackOff() {}

  /// How long.
  ///
  /// @param failures how often it has failed, from 1
  static long millis(int failures) {
    return Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(failures - 1, DOUBLED_MAX));
  }
}
