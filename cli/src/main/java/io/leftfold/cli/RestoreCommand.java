// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.engine.RestorePoint;
import io.leftfold.engine.StoreRestore;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Makes a data directory of a backup.
@Command(
    name = "restore",
    header = "Make a data directory of a backup: all of it, or as it was once.",
    description = {
      "Everything is checked on the way. A commit is restored whole or not at all. What had",
      "been forgotten by the time of the backup is not there, whatever point is restored."
    },
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nFor example:%n",
    footer = {
      "  leftfold restore --from /mnt/backup/history --to ./history",
      "  leftfold restore --from /mnt/backup/history --to ./july --time 2026-07-17T14:02:00Z"
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class RestoreCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--from",
      paramLabel = "<directory>",
      required = true,
      description = "The backup, or any data directory that nobody uses.")
  private Path from;

  @Option(
      names = "--to",
      paramLabel = "<directory>",
      required = true,
      description = "Where the store is to be. There must be none.")
  private Path to;

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private @Nullable Point point;

  private static final class Point {
    @Option(names = "--position", paramLabel = "<n>", description = "Nothing behind this position.")
    private @Nullable Long position;

    @Option(
        names = "--time",
        paramLabel = "<time>",
        description = "Nothing recorded after this time, as in 2026-07-17T14:02:00Z.")
    private @Nullable String time;
  }

  @Option(names = "--json", description = "Show one JSON object.")
  private boolean json;

  private final Shell shell;

  RestoreCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    var backup = DataDirectory.existing(shell, from);
    var progress = new ProgressLine(shell);
    var report =
        StoreRestore.restore(
            backup,
            shell.resolve(to),
            point(),
            bytes -> progress.show(() -> "Copied %,d MiB".formatted(bytes >> 20)));
    progress.end();
    if (json) {
      var node =
          JsonMapper.shared()
              .createObjectNode()
              .put("nextPosition", report.nextPosition())
              .put("files", report.files())
              .put("bytes", report.bytes());
      shell.out().println(JsonMapper.shared().writeValueAsString(node));
    } else {
      shell
          .out()
          .println(
              "%s has the events before position %,d, in %,d log files of %,d bytes."
                  .formatted(to, report.nextPosition(), report.files(), report.bytes()));
    }
    return ExitCode.OK;
  }

  private RestorePoint point() {
    try {
      if (point != null && point.position != null) {
        return new RestorePoint.AtPosition(point.position);
      }
      return point != null && point.time != null
          ? new RestorePoint.AtTime(OffsetDateTime.parse(point.time).toInstant())
          : RestorePoint.latest();
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new ParameterException(spec.commandLine(), "No point to restore: " + e.getMessage(), e);
    }
  }
}
