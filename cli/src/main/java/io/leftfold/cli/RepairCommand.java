// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.output.Printable;
import io.leftfold.engine.StoreRepair;
import io.leftfold.engine.StoreRepair.Repaired;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Replaces damaged log files by those of a backup.
@Command(
    name = "repair",
    header = "Replace damaged log files by those of a backup.",
    description = {
      "Looks at every sealed log file, and replaces a damaged or missing one if the backup has",
      "it whole. Damaged files are kept beside them, as damaged-…"
    },
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  nothing is damaged, or all that was is replaced",
      "  1  something could not be replaced",
      "  2  the command line is wrong"
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class RepairCommand implements Callable<Integer> {

  @Option(
      names = {"-d", "--data"},
      paramLabel = "<directory>",
      required = true,
      description = "The data directory. No other process may have it open.")
  private Path data;

  @Option(
      names = "--from",
      paramLabel = "<directory>",
      required = true,
      description = "Its backup.")
  private Path from;

  @Option(names = "--json", description = "Show one JSON object.")
  private boolean json;

  private final Shell shell;

  RepairCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    var found =
        StoreRepair.repair(
            DataDirectory.existing(shell, data), DataDirectory.existing(shell, from));
    if (json) {
      printJson(found);
    } else {
      found.forEach(this::print);
      if (found.isEmpty()) {
        shell.out().println("%s needs no repair.".formatted(data));
      }
    }
    return found.stream().allMatch(Repaired::isReplaced) ? ExitCode.OK : ExitCode.FAILED;
  }

  private void print(Repaired chunk) {
    var events =
        chunk.endPosition() < 0
            ? "nobody knows which events"
            : "events %,d to %,d".formatted(chunk.firstPosition(), chunk.endPosition() - 1);
    shell
        .out()
        .println(
            chunk.isReplaced()
                ? "Replaced: %s (%s). It was damaged: %s"
                    .formatted(chunk.file(), events, Printable.of(chunk.finding()))
                : "%s%s (%s) could not be replaced: %s. It is damaged: %s"
                    .formatted(
                        shell.style().warning("Damaged: "),
                        chunk.file(),
                        events,
                        Printable.of(chunk.refusal()),
                        Printable.of(chunk.finding())));
  }

  private void printJson(List<Repaired> found) {
    var mapper = JsonMapper.shared();
    var node = mapper.createObjectNode();
    var files = node.putArray("files");
    for (var chunk : found) {
      files
          .addObject()
          .put("file", chunk.file())
          .put("firstPosition", chunk.firstPosition())
          .put("endPosition", chunk.endPosition())
          .put("replaced", chunk.isReplaced())
          .put("finding", chunk.finding())
          .put("refusal", chunk.refusal());
    }
    shell.out().println(mapper.writeValueAsString(node));
  }
}
