// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.cli.output.EventJson;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Writes events as newline-delimited JSON.
@Command(
    name = "export",
    header = "Write events as newline-delimited JSON, for \"leftfold import\" and for other tools.",
    description =
        "Every line holds one event to the byte. Of the store's own streams ($...) only the metadata of streams is written.",
    synopsisHeading = "%nUsage: ",
    parameterListHeading = "%nWhere to:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold export everything.ndjson",
      "  leftfold export --stream account-7 | jq .data",
      "  leftfold export --data old | leftfold import - --data new",
    })
@SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // Picocli sets the fields, and reads some.
final class ExportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "<file>",
      defaultValue = "-",
      description = "A file that is not there yet; - or nothing is standard output.")
  private Path file;

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private @Nullable What what;

  private static final class What {
    @Option(names = "--stream", paramLabel = "<stream>", description = "One stream.")
    private @Nullable String stream;

    @Option(
        names = {"-a", "--all"},
        description = "All streams, in the order of positions; the default.")
    private boolean all;
  }

  @Mixin private StoreOptions store;

  private long written;
  private long damaged;

  private final Shell shell;

  ExportCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    var toStandardOutput = file.toString().equals("-");
    if (!toStandardOutput && Files.exists(shell.resolve(file))) {
      throw new ParameterException(
          spec.commandLine(),
          "%s is there already; name another file, or remove it".formatted(file));
    }
    var progress = new ProgressLine(shell);
    try (var opened = store.openToRead(shell)) {
      if (toStandardOutput) {
        export(opened, shell.out(), progress);
        shell.out().flush();
      } else {
        try (var out =
            new BufferedOutputStream(
                Files.newOutputStream(shell.resolve(file), StandardOpenOption.CREATE_NEW),
                1 << 20)) {
          export(opened, out, progress);
        }
      }
    }
    progress.end();
    if (shell.stop().isRequested()) {
      shell.err().println("Stopped after %,d events: the export is not whole".formatted(written));
      return ExitCode.FAILED;
    }
    if (damaged > 0) {
      shell
          .err()
          .println(
              "Exported %,d events. What is damaged is not among them: in %,d places events could not be read"
                  .formatted(written, damaged));
      return ExitCode.FAILED;
    }
    if (!toStandardOutput) {
      shell.err().println("Exported %,d events to %s".formatted(written, file));
    }
    return ExitCode.OK;
  }

  private void export(EventStore opened, OutputStream out, ProgressLine progress)
      throws IOException {
    try (var read =
        what != null && what.stream != null
            ? opened.read(StreamName.of(what.stream), ReadOptions.forwards())
            : opened.readAll(ReadOptions.forwards())) {
      var events = new WholeEvents(opened, read);
      while (!shell.stop().isRequested() && events.hasNext()) {
        var event = events.next().original();
        if (isExported(event)) {
          write(event, out, progress);
        }
      }
      damaged = events.damages();
    }
  }

  private void write(RecordedEvent event, OutputStream out, ProgressLine progress)
      throws IOException {
    out.write(EventJson.line(event));
    written++;
    progress.show(
        () -> "Exported %,d events, %,d a second".formatted(written, progress.perSecond(written)));
    if (written % 1024 == 0 && shell.out().checkError()) {
      throw new IOException("Nobody reads the output any more");
    }
  }

  private boolean isExported(RecordedEvent event) {
    return (what != null && what.stream != null)
        || !event.stream().isSystem()
        || (event.stream().isMetastream() && !event.stream().original().isSystem());
  }
}
