// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.engine.LocalEventStore;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Copies a data directory.
@Command(
    name = "backup",
    header = "Copy a data directory, or what is new in it.",
    description = {
      "The copy is a data directory itself: check it, read it, restore from it. What is there",
      "from the last time is not copied again. No other process may have the data directory",
      "open; a program that has it can copy it while it is used (LocalEventStore.backup)."
    },
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nFor example:%n",
    footer = "  leftfold backup --data ./history --to /mnt/backup/history")
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class BackupCommand implements Callable<Integer> {

  @Option(
      names = {"-d", "--data"},
      paramLabel = "<directory>",
      required = true,
      description = "The data directory.")
  private Path data;

  @Option(
      names = "--to",
      paramLabel = "<directory>",
      required = true,
      description = "Where the copy is, or is to be.")
  private Path to;

  @Option(names = "--json", description = "Show one JSON object.")
  private boolean json;

  private final Shell shell;

  BackupCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    var directory = DataDirectory.existing(shell, data);
    try (var store = LocalEventStore.open(directory)) {
      var report = store.backup(shell.resolve(to));
      if (json) {
        var node =
            JsonMapper.shared()
                .createObjectNode()
                .put("nextPosition", report.nextPosition())
                .put("filesCopied", report.filesCopied())
                .put("filesKept", report.filesKept())
                .put("bytesCopied", report.bytesCopied());
        shell.out().println(JsonMapper.shared().writeValueAsString(node));
      } else {
        shell
            .out()
            .println(
                "%s has %,d events: %,d log files copied (%,d bytes), %,d were there."
                    .formatted(
                        to,
                        report.nextPosition(),
                        report.filesCopied(),
                        report.bytesCopied(),
                        report.filesKept()));
      }
    }
    return ExitCode.OK;
  }
}
