// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.RecordedEvent;
import java.time.Clock;
import java.util.List;

/// What the script of a run logs: at the level DEBUG of a logger of its own, so many lines a second
/// and of such a length, for scripts log for each of many events. How many were left out is said
/// with the next one that is not.
final class ScriptLog {

  static final String NAME = "io.leftfold.projections.scripts";
  static final int LINES_MAX = 100;

  private static final System.Logger LOGGER = System.getLogger(NAME);
  private static final long SECOND_MILLIS = 1_000;
  private static final int LINE_CHARS = 2_000;

  private final String projection;
  private final Clock clock;
  private long second;
  private int lines;
  private long leftOut;

  /// @param projection its name
  ScriptLog(String projection, Clock clock) {
    this.projection = projection;
    this.clock = clock;
  }

  /// Takes what was logged for an event.
  void add(RecordedEvent event, List<String> logged) {
    if (!logged.isEmpty() && LOGGER.isLoggable(System.Logger.Level.DEBUG)) {
      logged.forEach(line -> add(event, line));
    }
  }

  private void add(RecordedEvent event, String line) {
    var now = clock.millis() / SECOND_MILLIS;
    if (now != second) {
      second = now;
      lines = 0;
    }
    if (++lines > LINES_MAX) {
      leftOut++;
      return;
    }
    LOGGER.log(
        System.Logger.Level.DEBUG,
        "Projection {0}, event {1}@{2}: {3}{4}",
        projection,
        Long.toString(event.revision()),
        event.stream(),
        shown(line),
        leftOut == 0 ? "" : " (%d lines before this one are left out)".formatted(leftOut));
    leftOut = 0;
  }

  /// A line of one line: what it says is not to look like another message.
  private static String shown(String line) {
    var cut = line.length() <= LINE_CHARS ? line : line.substring(0, LINE_CHARS) + "…";
    return cut.replaceAll("\\p{Cntrl}", " ");
  }
}
