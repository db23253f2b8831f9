// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Writes a completion script.
@Command(
    name = "completion",
    header = "Write a script that completes commands and options in a shell.",
    synopsisHeading = "%nUsage: ",
    parameterListHeading = "%nWhich:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  source <(leftfold completion bash)          # in ~/.bashrc",
      "  source <(leftfold completion zsh)           # in ~/.zshrc",
    })
@SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // Picocli sets the fields, and reads some.
final class CompletionCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "<shell>",
      description =
          "One of: ${COMPLETION-CANDIDATES}. The script is the same, it looks where it is.")
  private CompletedShell completed;

  private final Shell shell;

  CompletionCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    shell.out().print(AutoComplete.bash("leftfold", spec.root().commandLine()));
    return ExitCode.OK;
  }

  enum CompletedShell {
    bash,
    zsh
  }
}
