// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.BackupReport;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.LocalEventStore;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Copies a data directory, or lets a server copy its own.
@Command(
    name = "backup",
    header = "Copy a data directory, or what is new in it.",
    description = {
      "The copy is a data directory itself: check it, read it, restore from it. What is there",
      "from the last time is not copied again.",
      "",
      "A server copies its store while it is used, to a directory on its own side: --to is the",
      "name of one in the directory that \"leftfold serve --backups\" names."
    },
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nFor example:%n",
    footer = {
      "  leftfold backup --data ./history --to /mnt/backup/history",
      "  leftfold backup --connect 'kurrentdb://127.0.0.1:2113?tls=false' --to nightly"
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class BackupCommand implements Callable<Integer> {

  @Option(
      names = "--to",
      paramLabel = "<directory>",
      required = true,
      description = "Where the copy is, or is to be; of a server, the name of a backup.")
  private String to;

  @Option(names = "--json", description = "Show one JSON object.")
  private boolean json;

  @Mixin private StoreOptions store;

  private final Shell shell;

  BackupCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    return store.isRemote() ? remotely() : locally();
  }

  private int remotely() {
    var progress = new ProgressLine(shell);
    try (var remote = (RemoteEventStore) store.openToWrite(shell)) {
      var report = remote.backup(to, bytes -> show(progress, bytes));
      progress.end();
      return show(report);
    }
  }

  private int locally() {
    var progress = new ProgressLine(shell);
    try (var opened = LocalEventStore.open(store.storeDirectory(shell))) {
      var report = opened.backup(shell.resolve(Path.of(to)), bytes -> show(progress, bytes));
      progress.end();
      return show(report);
    }
  }

  private static void show(ProgressLine progress, long bytes) {
    progress.show(() -> "%,d MiB copied".formatted(bytes >> 20));
  }

  private int show(BackupReport report) {
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
    return ExitCode.OK;
  }
}
