// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.output.EventJson;
import io.leftfold.cli.output.MalformedLineException;
import io.leftfold.cli.output.Printable;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Appends events from newline-delimited JSON.
@Command(
    name = "import",
    header =
        "Append events from newline-delimited JSON (or from git or another server, see below).",
    description =
        "Each line is one event, as \"leftfold export\" writes it: stream, type, id, and perhaps data, metadata and tags. An event whose id its stream already has is passed over, so that importing twice adds nothing. Let one import run at a time.",
    synopsisHeading = "%nUsage: ",
    parameterListHeading = "%nWhere from:%n",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nOther sources:%n",
    synopsisSubcommandLabel = "git <repository> | <connection string>",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold import everything.ndjson",
      "  leftfold export --data old | leftfold import - --data new",
      "  leftfold import git . --data history",
      "  leftfold import 'kurrentdb://admin:changeit@db.example.com:2113' --data moved",
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ImportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "<file>",
      description = "A file; - is standard input. (A file named git is ./git.)")
  private @Nullable Path file;

  @Option(names = "--new-ids", description = "Give a new id to every event that has none.")
  private boolean newIds;

  @Option(names = "--json", description = "Show the result as one JSON object.")
  private boolean json;

  @Mixin private StoreOptions store;

  private final Shell shell;

  ImportCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    if (file == null) {
      throw new ParameterException(
          spec.commandLine(),
          "Name a file, - for standard input, git <repository>, or the connection string of a server");
    }
    try (var in = open(file);
        var opened = store.openToWrite(shell)) {
      var progress = new ProgressLine(shell);
      var work = new LineImport(opened, progress, shell.stop());
      try {
        var stopped = run(in, work);
        progress.end();
        report(work, stopped);
        return stopped ? ExitCode.FAILED : ExitCode.OK;
      } catch (RuntimeException e) {
        progress.end();
        shell.err().println(work.summary());
        throw e;
      }
    }
  }

  private InputStream open(Path source) throws IOException {
    if (source.toString().equals("-")) {
      return new FilterInputStream(new BufferedInputStream(shell.in(), 1 << 16)) {
        @Override
        public void close() {
          // Standard input is not ours to close.
        }
      };
    }
    return new BufferedInputStream(Files.newInputStream(shell.resolve(source)), 1 << 16);
  }

  /// @return whether it was stopped before the end
  private boolean run(InputStream in, LineImport work) throws IOException {
    work.learnWhatIsThere();
    var lines = new Lines(in);
    Supplier<Optional<UUID>> ids = () -> newIds ? Optional.of(shell.newId()) : Optional.empty();
    while (!shell.stop().isRequested()) {
      var line = lines.next();
      if (line == null) {
        work.finish();
        return false;
      }
      if (isBlank(line)) {
        continue;
      }
      try {
        work.add(lines.number(), EventJson.parse(line, ids));
      } catch (MalformedLineException e) {
        work.finish();
        throw new CommandFailedException(
            ExitCode.FAILED,
            "Line %,d of %s: %s%s"
                .formatted(
                    lines.number(),
                    file,
                    Printable.of(String.valueOf(e.getMessage())),
                    !newIds && "Field \"id\" is missing".equals(e.getMessage())
                        ? "; --new-ids gives it one"
                        : ""),
            e);
      }
    }
    work.finish();
    return true;
  }

  private static boolean isBlank(byte[] line) {
    for (var b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  private void report(LineImport work, boolean stopped) {
    if (json) {
      shell.out().println(work.json(stopped));
    } else {
      shell.out().println(work.summary());
      if (stopped) {
        shell.out().println("Stopped. Import the same file again to go on.");
      }
    }
  }
}
