// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.server.LeftfoldServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The command itself, without a subcommand: says what there is.
@Command(
    name = "leftfold",
    versionProvider = Leftfold.Version.class,
    header = "An event store: embedded, as a server, and from here.",
    synopsisHeading = "%nUsage: ",
    synopsisSubcommandLabel = "<command>",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nBegin like this:%n",
    footer = {
      "  leftfold serve --insecure",
      "  leftfold append account-7 '{\"amount\":50}' --type MoneyDeposited \\",
      "      --connect 'kurrentdb://127.0.0.1:2113?tls=false'",
      "  leftfold read account-7 --connect 'kurrentdb://127.0.0.1:2113?tls=false'",
      "",
      "Every command says more with --help.",
      ExitCode.DESCRIPTION
    })
@SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // Picocli sets the fields, and reads some.
final class Leftfold implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Say how this is used, and end.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Say which version this is, and end.")
  private boolean version;

  @Option(
      names = "--stack-trace",
      scope = ScopeType.INHERIT,
      hidden = true,
      description = "Show where in the program an error came up.")
  private boolean stackTrace;

  private final Shell shell;

  Leftfold(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(shell.out());
    return ExitCode.OK;
  }

  /// The version, as the build wrote it.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"leftfold " + LeftfoldServer.VERSION, "Java " + Runtime.version()};
    }
  }
}
