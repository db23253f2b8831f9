// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Says where a store stood at a time.
@Command(
    name = "position-at",
    header = "Say at which position a store stood at a time.",
    description =
        "Everything below the position was recorded before that time, everything from it on then or later. Without events from then on it is the position of the next one.",
    synopsisHeading = "%nUsage: ",
    parameterListHeading = "%nWhen:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold position-at 2026-07-17T14:02:00Z",
      "  leftfold read --all --from $(leftfold position-at 2026-07-17T14:02:00Z)",
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class PositionAtCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "<time>",
      converter = Times.OfTime.class,
      description = "A time by the store's clock: 2026-07-17T14:02:00Z, or with an offset.")
  private Instant time;

  @Mixin private StoreOptions store;

  private final Shell shell;

  PositionAtCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (var opened = store.openToRead(shell)) {
      shell.out().println(opened.positionAt(time));
    }
    return ExitCode.OK;
  }
}
