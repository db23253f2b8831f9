// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.output.Printable;
import io.leftfold.cli.output.Table;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.IndexState;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.engine.StoreIndex;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Looks after the index of a data directory.
@Command(
    name = "index",
    header = "Verify, rebuild or look at the index of a data directory.",
    description =
        "The index holds nothing that the log does not: whatever is wrong with it, it can be made anew. Stop the server first.",
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "stats|verify|rebuild",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold index stats --data ./leftfold-data",
      "  leftfold index verify && leftfold index rebuild"
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class IndexCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "What to do with the index? Name one of stats, verify, rebuild");
  }

  /// Which directory, and how to answer.
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  static final class Target {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
        names = {"-d", "--data"},
        paramLabel = "<directory>",
        description = "The data directory. Default: ./leftfold-data.")
    private @Nullable Path data;

    @Option(names = "--json", description = "Show one JSON object.")
    private boolean json;

    /// The directory, which must hold a store.
    Path directory(Shell shell) {
      var directory = shell.resolve(data == null ? StoreOptions.DEFAULT_DIRECTORY : data);
      if (!Files.isDirectory(directory)) {
        throw new ParameterException(
            command.commandLine(),
            data == null
                ? "No directory was named, and there is no ./leftfold-data here. Name one with --data <directory>"
                : "There is no directory " + data);
      }
      return DataDirectory.existing(shell, directory);
    }

    void print(Shell shell, IndexState state) {
      var figures = new TreeMap<String, Long>();
      figures.put("files", (long) state.segments());
      figures.put("file-bytes", state.segmentBytes());
      figures.put("file-events", state.segmentEvents());
      figures.put("memory-events", state.tableEvents());
      if (json) {
        var node = JsonMapper.shared().createObjectNode();
        figures.forEach(node::put);
        shell.out().println(JsonMapper.shared().writeValueAsString(node));
      } else {
        var table = new Table("figure", ">value");
        figures.forEach(
            (name, value) -> table.row(Printable.of(name), Printable.of("%,d".formatted(value))));
        shell.out().print(table.text(shell.style()));
      }
    }
  }

  /// Shows what the index is made of.
  @Command(
      name = "stats",
      header = "Show how many files the index has, and what they cover.",
      description =
          "What no file covers is read from the log when the store is opened, and kept in memory.",
      synopsisHeading = "%nUsage: ",
      descriptionHeading = "%n",
      optionListHeading = "%nOptions:%n")
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  static final class Stats implements Callable<Integer> {
    @Mixin private Target target;
    private final Shell shell;

    Stats(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() {
      try (var store =
          LocalEventStore.open(
              target.directory(shell), EngineOptions.defaults().forReadingOnly())) {
        target.print(shell, store.indexState());
      }
      return ExitCode.OK;
    }
  }

  /// Verifies all files.
  @Command(
      name = "verify",
      header = "Verify every checksum and the order of all keys and positions.",
      description = "Changes nothing.",
      synopsisHeading = "%nUsage: ",
      descriptionHeading = "%n",
      optionListHeading = "%nOptions:%n",
      footerHeading = "%nExit codes:%n",
      footer = {"  0  sound", "  1  damage was found", "  2  the command line is wrong"})
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  static final class Verify implements Callable<Integer> {
    @Mixin private Target target;
    private final Shell shell;

    Verify(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() {
      var directory = target.directory(shell);
      var progress = new ProgressLine(shell);
      var report =
          StoreIndex.verify(
              directory,
              (done, files, bytes) ->
                  progress.show(() ->
                      "Verified %,d of %,d files, %,d MiB".formatted(done, files, bytes >> 20)));
      progress.end();
      if (target.json) {
        printJson(report);
      } else {
        print(directory, report);
      }
      return report.isSound() ? ExitCode.OK : ExitCode.FAILED;
    }

    private void print(Path directory, StoreIndex.Report report) {
      var out = shell.out();
      for (var damage : report.damages()) {
        out.println(
            shell.style().warning("Damaged: ")
                + Printable.of(
                    "%s at byte %d: %s"
                        .formatted(damage.file(), damage.offset(), damage.finding())));
      }
      if (report.isSound()) {
        out.println(
            "The index of %s is sound: %,d files of %,d bytes cover %,d of %,d events."
                .formatted(
                    directory,
                    report.files(),
                    report.bytes(),
                    report.events(),
                    report.logEvents()));
      } else {
        out.println(
            "The index of %s is damaged in %,d files. Nothing is lost: \"leftfold index rebuild\" makes it anew from the log."
                .formatted(directory, report.damages().size()));
      }
    }

    private void printJson(StoreIndex.Report report) {
      var mapper = JsonMapper.shared();
      var node = mapper.createObjectNode();
      node.put("sound", report.isSound());
      node.put("files", report.files());
      node.put("bytes", report.bytes());
      node.put("events", report.events());
      node.put("logEvents", report.logEvents());
      var damages = node.putArray("damages");
      for (var damage : report.damages()) {
        damages
            .addObject()
            .put("file", damage.file())
            .put("offset", damage.offset())
            .put("finding", damage.finding());
      }
      shell.out().println(mapper.writeValueAsString(node));
    }
  }

  /// Makes the index anew.
  @Command(
      name = "rebuild",
      header = "Throw the index away and make it anew from the log.",
      description = "Takes about as long as reading the log.",
      synopsisHeading = "%nUsage: ",
      descriptionHeading = "%n",
      optionListHeading = "%nOptions:%n")
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  static final class Rebuild implements Callable<Integer> {
    @Mixin private Target target;
    private final Shell shell;

    Rebuild(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() {
      target.print(shell, StoreIndex.rebuild(target.directory(shell)));
      return ExitCode.OK;
    }
  }
}
