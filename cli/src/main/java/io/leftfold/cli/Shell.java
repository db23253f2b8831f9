// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.output.Style;
import java.io.Console;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/// The process around a command, as far as it is a command's business.
///
/// @param in what is piped in
/// @param out where results go
/// @param err where messages and progress go
/// @param interactive whether someone looks at a terminal: for colours, and progress on one line
/// @param directory what relative paths are relative to
/// @param environment the variables of the process
/// @param clock tells the time
/// @param random hard to guess
/// @param stop the wish to end
record Shell(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean interactive,
    Path directory,
    Map<String, String> environment,
    Clock clock,
    Random random,
    Stop stop) {

  /// The shell of this process.
  static Shell ofProcess(PrintStream out, PrintStream err, Stop stop) {
    var terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    var interactive = terminal && System.getenv("NO_COLOR") == null;
    return new Shell(
        System.in,
        out,
        err,
        interactive,
        Path.of(""),
        System.getenv(),
        Clock.systemUTC(),
        new SecureRandom(),
        stop);
  }

  Style style() {
    return interactive ? Style.COLOURED : Style.PLAIN;
  }

  Path resolve(Path path) {
    return directory.resolve(path);
  }

  UUID newId() {
    var high = (random.nextLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x4000L;
    var low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
