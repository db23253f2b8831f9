// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.logging;

import java.util.logging.Level;

/// How much is said.
public enum LogLevel {
  /// What is broken.
  ERROR(Level.SEVERE),
  /// And what somebody should look at.
  WARN(Level.WARNING),
  /// And what happens now and then.
  INFO(Level.INFO),
  /// And what helps to find a fault.
  DEBUG(Level.FINE),
  /// And everything else.
  TRACE(Level.ALL);

  @SuppressWarnings("ImmutableEnumChecker") // what Java logs by is immutable, and does not say so
  private final Level level;

  LogLevel(Level level) {
    this.level = level;
  }

  Level level() {
    return level;
  }

  static String name(Level level) {
    var value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return "error";
    }
    if (value >= Level.WARNING.intValue()) {
      return "warn";
    }
    if (value >= Level.CONFIG.intValue()) {
      return "info";
    }
    return value >= Level.FINE.intValue() ? "debug" : "trace";
  }
}
