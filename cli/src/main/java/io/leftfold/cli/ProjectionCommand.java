// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.output.Printable;
import io.leftfold.client.RemoteProjections;
import io.leftfold.projections.Projections;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// What all commands about one projection need.
@Command(
    synopsisHeading = "%nUsage: ",
    parameterListHeading = "%nWhat:%n",
    optionListHeading = "%nOptions:%n")
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
abstract class ProjectionCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "<projection>", description = "The name of the projection.")
  String name;

  @Mixin ProjectionsAt at;

  final Shell shell;

  ProjectionCommand(Shell shell) {
    this.shell = shell;
  }

  /// Changes the projection where it is, and says so.
  ///
  /// @param what as in "is deleted"
  final int change(Consumer<Projections> here, Consumer<RemoteProjections> there, String what)
      throws Exception {
    return at.run(
        shell,
        name,
        projections -> {
          projections.tell(here, there);
          return said(what);
        });
  }

  final int said(String what) {
    shell.out().println("Projection %s %s.".formatted(Printable.of(name), what));
    return ExitCode.OK;
  }
}
