// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.output.Printable;
import io.leftfold.engine.CheckReport;
import io.leftfold.engine.StoreCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Verifies a data directory.
@Command(
    name = "check",
    header = "Verify every checksum and invariant of a data directory.",
    description =
        "Changes nothing. Stop the server first: a store that is being written is refused.",
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExit codes:%n",
    footer = {"  0  sound", "  1  damage was found", "  2  the command line is wrong"})
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class CheckCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = {"-d", "--data"},
      paramLabel = "<directory>",
      description = "The data directory. Default: ./leftfold-data.")
  private @Nullable Path data;

  @Option(names = "--json", description = "Show the report as one JSON object.")
  private boolean json;

  private final Shell shell;

  CheckCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    var directory = shell.resolve(data == null ? StoreOptions.DEFAULT_DIRECTORY : data);
    if (!Files.isDirectory(directory)) {
      throw new ParameterException(
          spec.commandLine(),
          data == null
              ? "No directory was named, and there is no ./leftfold-data here. Name one with --data <directory>"
              : "There is no directory " + data);
    }
    var progress = new ProgressLine(shell);
    var report =
        StoreCheck.check(
            directory,
            (done, files, bytes) ->
                progress.show(
                    () -> "Checked %,d of %,d files, %,d MiB".formatted(done, files, bytes >> 20)));
    progress.end();
    if (json) {
      printJson(report);
    } else {
      print(directory, report);
    }
    return report.isSound() ? ExitCode.OK : ExitCode.FAILED;
  }

  private void print(Path directory, CheckReport report) {
    var out = shell.out();
    report.notes().forEach(note -> out.println("Note: " + Printable.of(note)));
    for (var damage : report.damages()) {
      out.println(shell.style().warning("Damaged: ") + Printable.of(text(damage)));
    }
    var scope =
        "%,d events in %,d streams, %,d bytes of log"
            .formatted(report.events(), report.streams(), report.bytes());
    if (report.isSound()) {
      out.println("%s is sound: %s.".formatted(directory, scope));
    } else {
      out.println(
          "%s is damaged in %,d places (%s could be read). Keep the files; \"leftfold repair\" replaces damaged ones by those of a backup. Until then \"leftfold export\" still reads what is whole."
              .formatted(directory, report.damages().size(), scope));
    }
  }

  /// Some findings name their place themselves.
  private static String text(CheckReport.Damage damage) {
    return damage.finding().startsWith(damage.file())
        ? damage.finding()
        : "%s at byte %d: %s".formatted(damage.file(), damage.offset(), damage.finding());
  }

  private void printJson(CheckReport report) {
    var mapper = JsonMapper.shared();
    var node = mapper.createObjectNode();
    node.put("sound", report.isSound());
    node.put("events", report.events());
    node.put("streams", report.streams());
    node.put("bytes", report.bytes());
    var notes = node.putArray("notes");
    report.notes().forEach(notes::add);
    var damages = node.putArray("damages");
    for (var damage : report.damages()) {
      var found =
          damages
              .addObject()
              .put("file", damage.file())
              .put("offset", damage.offset())
              .put("finding", damage.finding());
      if (damage.firstPosition() >= 0) {
        found.put("firstPosition", damage.firstPosition());
        found.put("endPosition", damage.endPosition());
      }
    }
    shell.out().println(mapper.writeValueAsString(node));
  }
}
