// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.projections.Starter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Writes what a beginner with projections needs.
@Command(
    name = "init",
    header = "Write a first projection, two cases that it is held to, and typings for editors.",
    synopsisHeading = "%nUsage: ",
    parameterListHeading = "%nWhere:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nThen:%n",
    footer = "  leftfold projections test <directory>")
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ProjectionsInitCommand implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "<directory>",
      description = "It is made if it is not there. No file is written over.")
  private Path directory;

  private final Shell shell;

  ProjectionsInitCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    var folder = shell.resolve(directory);
    var there = Starter.there(folder);
    if (!there.isEmpty()) {
      throw new CommandFailedException(
          ExitCode.FAILED,
          "%s holds %s already, and nothing was written; name another directory"
              .formatted(directory, String.join(", ", there)));
    }
    Starter.write(folder).forEach(name -> shell.out().println(directory.resolve(name)));
    shell.err().println("Try it: \"leftfold projections test %s\"".formatted(directory));
    return ExitCode.OK;
  }

  /// Writes the typings alone.
  @Command(
      name = "typings",
      header = "Write the typings of the projections' language, for editors.",
      synopsisHeading = "%nUsage: ",
      optionListHeading = "%nOptions:%n",
      footerHeading = "%nExamples:%n",
      footer = "  leftfold projections typings > projections.d.ts")
  static final class Typings implements Callable<Integer> {
    private final Shell shell;

    Typings(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() {
      shell.out().print(Starter.typings());
      return ExitCode.OK;
    }
  }
}
