// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// How long a projection runs.
public enum ProjectionMode {
  /// A query: to the end of the log, in memory only, and forgotten when nobody asks any more.
  TRANSIENT(0, "Transient"),
  /// To the end of the log, once.
  ONE_TIME(1, "OneTime"),
  /// For ever.
  CONTINUOUS(4, "Continuous");

  private final int number;
  private final String text;

  ProjectionMode(int number, String text) {
    this.number = number;
    this.text = text;
  }

  /// How the wire counts it.
  ///
  /// @return the number
  public int number() {
    return number;
  }

  static ProjectionMode of(int number) {
    for (var mode : values()) {
      if (mode.number == number) {
        return mode;
      }
    }
    return CONTINUOUS;
  }

  /// How the wire calls it.
  ///
  /// @return `Continuous`, `OneTime` or `Transient`
  @Override
  public String toString() {
    return text;
  }
}
