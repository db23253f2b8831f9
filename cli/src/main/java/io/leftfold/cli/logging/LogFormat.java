// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.logging;

import java.util.logging.Formatter;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// How messages are written.
public enum LogFormat {
  /// A line a message, for people.
  TEXT,
  /// A JSON object a line, for programs.
  JSON;

  private static final Logger ROOT = Logger.getLogger("");

  /// Kept, since whoever configures a logger owns it: the JDK forgets loggers that nobody holds.
  private static final Logger LEFTFOLD = Logger.getLogger("io.leftfold");

  /// Writes messages like this from here on.
  ///
  /// @param level the least that is shown of what Leftfold itself says
  public void use(LogLevel level) {
    LEFTFOLD.setLevel(level.level());
    for (var handler : ROOT.getHandlers()) {
      handler.setFormatter(formatter());
    }
  }

  private Formatter formatter() {
    return switch (this) {
      case TEXT -> new SimpleFormatter();
      case JSON -> new JsonLines();
    };
  }
}
