// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import java.time.Clock;

/// What is said in the log of those who were kept out: a line each, and not too many of them.
final class DenialLog {

  private static final System.Logger LOG = System.getLogger("io.leftfold.server.access");
  private static final int CHARS_MAX = 500;

  private final Ration lines;

  DenialLog(Clock clock) {
    this.lines = new Ration(clock);
  }

  void denied(String sentence) {
    if (mayWrite()) {
      LOG.log(System.Logger.Level.INFO, "Denied: {0}", printable(sentence));
    }
  }

  void notAuthenticated(String sentence) {
    if (mayWrite()) {
      LOG.log(System.Logger.Level.INFO, "Not logged in: {0}", printable(sentence));
    }
  }

  /// Names come from outside, and one line is to stay one.
  private static String printable(String text) {
    var cut = text.length() <= CHARS_MAX ? text : text.substring(0, CHARS_MAX) + "…";
    return cut.replaceAll("\\p{C}", "?");
  }

  private boolean mayWrite() {
    var leftOut = lines.take();
    if (leftOut.orElse(0) > 0) {
      LOG.log(
          System.Logger.Level.INFO,
          "{0} more lines about denials were left out",
          leftOut.getAsLong());
    }
    return leftOut.isPresent();
  }
}
