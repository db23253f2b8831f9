// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.measure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How another process is started that runs a class of this one.
public final class JavaCommand {

  private JavaCommand() {}

  /// A command line with the options that the store needs.
  ///
  /// @param heap the largest heap, as in `-Xmx`
  /// @param main the class with the main method
  /// @param arguments for it
  public static List<String> of(String heap, Class<?> main, List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx" + heap,
            "-XX:+UseCompactObjectHeaders",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(arguments);
    return command;
  }
}
