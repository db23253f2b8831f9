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
      "  leftfold projections run scripts/balances/projection.js --data store",
      "  leftfold projections create balances scripts/balances/projection.js --emit \\",
      "      --connect 'kurrentdb://127.0.0.1:2113?tls=false'",
      "  leftfold projections state balances account-7 --as-of 2026-07-17T14:02:00Z --data store",
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ProjectionsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  /// The command with its subcommands.
  static CommandLine commandLine(Shell shell) {
    return new CommandLine(new ProjectionsCommand())
        .addSubcommand(new ProjectionsInitCommand(shell))
        .addSubcommand(new ProjectionsInitCommand.Typings(shell))
        .addSubcommand(new ProjectionsTestCommand(shell))
        .addSubcommand(new ProjectionsRunCommand(shell))
        .addSubcommand(new ProjectionsDebugCommand(shell))
        .addSubcommand(new ProjectionsLooking.ListThem(shell))
        .addSubcommand(new ProjectionsLooking.Statistics(shell))
        .addSubcommand(new ProjectionsLooking.State(shell))
        .addSubcommand(new ProjectionsLooking.Result(shell))
        .addSubcommand(new ProjectionsLooking.Partitions(shell))
        .addSubcommand(new ProjectionsLooking.Parked(shell))
        .addSubcommand(new ProjectionsChanging.Create(shell))
        .addSubcommand(new ProjectionsChanging.Update(shell))
        .addSubcommand(new ProjectionsChanging.Cancel(shell))
        .addSubcommand(new ProjectionsChanging.Delete(shell))
        .addSubcommand(new ProjectionsChanging.Enable(shell))
        .addSubcommand(new ProjectionsChanging.Disable(shell))
        .addSubcommand(new ProjectionsChanging.Abort(shell))
        .addSubcommand(new ProjectionsChanging.Reset(shell))
        .addSubcommand(new ProjectionsChanging.Resume(shell))
        .addSubcommand(new ProjectionsChanging.Skip(shell))
        .addSubcommand(new ProjectionsConfigCommand(shell));
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "What to do with projections? Name one of %s"
            .formatted(String.join(", ", spec.subcommands().keySet())));
  }
}
