// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Writes, tests and looks after projections.
@Command(
    name = "projections",
    header = "Write, test and look after projections.",
    synopsisHeading = "%nUsage: ",
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "<command>",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold projections init scripts",
      "  leftfold projections test scripts",
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ProjectionsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  /// The command with its subcommands.
  static CommandLine commandLine(Shell shell) {
    return new CommandLine(new ProjectionsCommand())
        .addSubcommand(new ProjectionsInitCommand(shell))
        .addSubcommand(new ProjectionsInitCommand.Typings(shell))
        .addSubcommand(new ProjectionsTestCommand(shell));
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "What to do with projections? Name one of %s"
            .formatted(String.join(", ", spec.subcommands().keySet())));
  }
}
