// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The help of all commands.
final class HelpTest {

  @Test
  void every_command_option_and_argument_is_described(@TempDir Path directory) {
    var out = new ByteArrayOutputStream();
    var shell = new TestShell(directory).shell(new byte[0], out, out, new Stop());
    var silent = new ArrayList<String>();
    addSilent(Main.commandLine(shell), silent);
    assertThat(silent).isEmpty();
  }

  private static void addSilent(CommandLine command, List<String> silent) {
    var spec = command.getCommandSpec();
    if (spec.usageMessage().header().length == 0) {
      silent.add(spec.qualifiedName());
    }
    spec.args().stream()
        .filter(argument -> !argument.hidden() && String.join("", argument.description()).isBlank())
        .forEach(argument -> silent.add(spec.qualifiedName() + " " + argument.paramLabel()));
    command.getSubcommands().values().forEach(each -> addSilent(each, silent));
  }
}
