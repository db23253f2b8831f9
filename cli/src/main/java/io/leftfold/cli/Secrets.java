// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.client.ConnectionString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/// Where passwords come from: the environment, a prompt, or the next line that is piped in; never
/// from an argument of its own, which others on the machine could see.
final class Secrets {

  /// Has the password of whoever asks.
  static final String PASSWORD = "LEFTFOLD_PASSWORD";

  /// Has the password that a user is to get.
  static final String NEW_PASSWORD = "LEFTFOLD_NEW_PASSWORD";

  /// A user without a password in a connection string.
  private static final Pattern USER_ALONE = Pattern.compile("^([a-z+]+://)([^:@/?#]+)@(.*)$");

  private Secrets() {}

  static ConnectionString connection(Shell shell, String text) {
    var user = USER_ALONE.matcher(text);
    if (!user.matches()) {
      return ConnectionString.parse(text);
    }
    var password = password(shell, PASSWORD, "Password of " + user.group(2));
    return ConnectionString.parse(
        user.group(1)
            + user.group(2)
            + ":"
            + URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20")
            + "@"
            + user.group(3));
  }

  /// A password that is to be.
  static String newPassword(Shell shell, String user) {
    return password(shell, NEW_PASSWORD, "New password of " + user);
  }

  @SuppressWarnings("SystemConsoleNull") // where the JDK has no terminal of its own there is none
  private static String password(Shell shell, String variable, String prompt) {
    var given = shell.environment().get(variable);
    if (given != null && !given.isEmpty()) {
      return given;
    }
    var console = System.console();
    if (shell.interactive() && console != null && console.isTerminal()) {
      var typed = console.readPassword("%s: ", prompt);
      if (typed == null || typed.length == 0) {
        throw new CommandFailedException(ExitCode.USAGE, "No password was given");
      }
      var password = new String(typed);
      Arrays.fill(typed, ' ');
      return password;
    }
    var line = line(shell);
    if (line.isEmpty()) {
      throw new CommandFailedException(
          ExitCode.USAGE,
          "%s: set %s, or pipe it in, a line for each password that is asked for"
              .formatted(prompt, variable));
    }
    return line;
  }

  /// Byte by byte, so that what follows is there for whoever asks next.
  private static String line(Shell shell) {
    var line = new ByteArrayOutputStream();
    try {
      for (var b = shell.in().read(); b >= 0 && b != '\n'; b = shell.in().read()) {
        line.write(b);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }
}
