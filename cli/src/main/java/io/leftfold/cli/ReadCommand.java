// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import io.leftfold.cli.output.Printable;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Reads a stream or all.
@Command(
    name = "read",
    header = "Read the events of a stream, or of all streams.",
    synopsisHeading = "%nUsage: ",
    parameterListHeading = "%nWhat:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold read account-7",
      "  leftfold read account-7 --backwards --limit 1",
      "  leftfold read '$ce-account' --resolve",
      "  leftfold read --all --type MoneyDeposited --json | jq .data.amount",
      "  leftfold read account-7 --as-of 2026-07-17T14:02:00Z",
      "  leftfold read --all --from-time 2026-07-17T14:02:00+02:00 --limit 10",
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ReadCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "<stream>",
      description =
          "The stream; $$x holds the metadata of x, $ce-x all of a category, $et-X all of a type, $bc-x all with a correlation id, $streams where each stream begins.")
  private @Nullable String stream;

  @Option(
      names = {"-a", "--all"},
      description = "All streams, in the order of positions.")
  private boolean all;

  @Option(
      names = {"-b", "--backwards"},
      description = "Newest first.")
  private boolean backwards;

  @Option(
      names = "--from",
      paramLabel = "<n>",
      description = "Begin at this revision; with --all at this position (backwards: before it).")
  private @Nullable Long from;

  @Option(
      names = "--from-time",
      paramLabel = "<time>",
      converter = Times.OfTime.class,
      description =
          "Begin with what was recorded at this time; 2026-07-17T14:02:00Z, or with an offset.")
  private @Nullable Instant fromTime;

  @Option(
      names = "--as-of",
      paramLabel = "<time>",
      converter = Times.OfMoment.class,
      description =
          "Read what was recorded at this time or before, as it was then; or, of a number, below this position.")
  private @Nullable AsOf asOf;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "<n>",
      description = "Show at most so many events.")
  private @Nullable Long limit;

  @Option(names = "--resolve", description = "Follow links to what they point to.")
  private boolean resolve;

  @Mixin private EventOutput output;
  @Mixin private FilterOptions filter;
  @Mixin private StoreOptions store;

  private final Shell shell;

  ReadCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    if (all == (stream != null)) {
      throw new ParameterException(
          spec.commandLine(),
          "Name either a stream or --all, got %s".formatted(all ? "both" : "neither"));
    }
    if (!all && filter.isGiven()) {
      throw new ParameterException(
          spec.commandLine(), "A filter chooses among all streams; use it with --all");
    }
    var options = options();
    try (var opened = store.openToRead(shell);
        var read = open(opened, options)) {
      var events = new WholeEvents(opened, read);
      while (!shell.stop().isRequested() && events.hasNext()) {
        if (!output.show(shell, events.next())) {
          break;
        }
      }
      if (events.damages() > 0) {
        shell.out().flush();
        shell
            .err()
            .println(
                "In %,d places events could not be read, first here: %s"
                    .formatted(events.damages(), Printable.of(events.firstDamage())));
        return ExitCode.FAILED;
      }
      if (output.shown() == 0 && !output.isJson()) {
        shell.err().println(nothing(read));
      }
    }
    return ExitCode.OK;
  }

  private ReadOptions options() {
    var options = backwards ? ReadOptions.backwards() : ReadOptions.forwards();
    if (from != null) {
      options = options.from(from);
    }
    if (limit != null) {
      options = options.limit(limit);
    }
    if (fromTime != null) {
      options = options.fromTime(fromTime);
    }
    if (asOf != null) {
      options = options.asOf(asOf);
    }
    return (resolve ? options.resolvingLinks() : options).filteredBy(filter.filter());
  }

  private EventRead open(EventStore opened, ReadOptions options) {
    return stream == null ? opened.readAll(options) : opened.read(StreamName.of(stream), options);
  }

  private String nothing(EventRead events) {
    if (!(events instanceof StreamRead read)) {
      return "No events";
    }
    var name = Printable.of(String.valueOf(stream));
    return switch (read.state()) {
      case StreamState.Absent() -> "Stream %s has no events: it does not exist".formatted(name);
      case StreamState.Deleted(var last) ->
          "Stream %s was deleted (it ended at revision %d)".formatted(name, last);
      case StreamState.Present(_, var last) ->
          "Stream %s has no events to show here (it ends at revision %d)".formatted(name, last);
      case StreamState.Tombstoned() -> "Stream %s was tombstoned".formatted(name);
    };
  }
}
