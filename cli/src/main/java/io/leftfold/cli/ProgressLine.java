// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Says now and then, on the error stream, how far something is: on a terminal on one line that is
/// written over, otherwise a line every few seconds.
final class ProgressLine {

  private static final Duration ON_TERMINAL = Duration.ofMillis(200);
  private static final Duration ELSEWHERE = Duration.ofSeconds(5);

  private final Shell shell;
  private final Instant begin;
  private Instant next;
  private @Nullable String shown;

  ProgressLine(Shell shell) {
    this.shell = shell;
    begin = shell.clock().instant();
    next = begin.plus(interval());
  }

  /// Shows a line if it is time for one.
  void show(Supplier<String> line) {
    var now = shell.clock().instant();
    if (now.isBefore(next)) {
      return;
    }
    next = now.plus(interval());
    var text = line.get();
    if (shell.interactive()) {
      erase();
      shell.err().print(text);
      shell.err().flush();
    } else {
      shell.err().println(text);
    }
    shown = text;
  }

  /// Takes away what was written over, so that the next line begins at the left.
  void end() {
    if (shell.interactive()) {
      erase();
    }
    shown = null;
  }

  /// How many of something a second, since the beginning.
  long perSecond(long count) {
    var millis = Duration.between(begin, shell.clock().instant()).toMillis();
    return millis == 0 ? count : count * 1000 / millis;
  }

  private void erase() {
    if (shown != null) {
      shell.err().print("\r" + " ".repeat(shown.length()) + "\r");
    }
  }

  private Duration interval() {
    return shell.interactive() ? ON_TERMINAL : ELSEWHERE;
  }
}
