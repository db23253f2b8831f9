// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.ListOptions;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamSummary;
import io.leftfold.cli.output.Printable;
import io.leftfold.cli.output.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Lists streams.
@Command(
    name = "streams",
    header = "List streams in the order of their names.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold streams",
      "  leftfold streams --prefix account- --limit 20",
      "  leftfold streams --system --json",
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class StreamsCommand implements Callable<Integer> {

  private static final int PAGE = 1000;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-p", "--prefix"},
      paramLabel = "<prefix>",
      defaultValue = "",
      description = "Only streams whose names begin so.")
  private String prefix;

  @Option(
      names = "--after",
      paramLabel = "<name>",
      defaultValue = "",
      description = "Only names behind this one.")
  private String after;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "<n>",
      defaultValue = "1000",
      description = "Show at most so many. Default: 1000.")
  private int limit;

  @Option(names = "--system", description = "Show system streams too, whose names begin with $.")
  private boolean system;

  @Option(names = "--json", description = "Show one JSON object a line.")
  private boolean json;

  @Mixin private StoreOptions store;

  private final Shell shell;

  StreamsCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new ParameterException(spec.commandLine(), "--limit is 1 or more, got " + limit);
    }
    var found = find();
    var more = found.size() > limit;
    var shown = found.subList(0, Math.min(limit, found.size()));
    if (json) {
      shown.forEach(this::printJson);
    } else {
      print(shown);
      if (shown.isEmpty()) {
        shell.err().println("No streams");
      } else if (more) {
        shell
            .err()
            .println(
                "There are more: --after '%s' shows the next, --limit <n> shows more at once"
                    .formatted(Printable.of(shown.getLast().name().value())));
      }
    }
    return ExitCode.OK;
  }

  /// One more than asked for, if there are more.
  private List<StreamSummary> find() {
    var found = new ArrayList<StreamSummary>();
    try (var opened = store.openToRead(shell)) {
      var list =
          ListOptions.all().withPrefix(prefix).after(after).limit((int) Math.min(PAGE, limit + 1L));
      var page = opened.streams(list);
      while (!page.isEmpty() && found.size() <= limit) {
        for (var summary : page) {
          if (system || prefix.startsWith("$") || !summary.name().isSystem()) {
            found.add(summary);
          }
        }
        list = list.after(page.getLast().name().value());
        page = opened.streams(list);
      }
    }
    return found;
  }

  private void print(List<StreamSummary> summaries) {
    if (summaries.isEmpty()) {
      return;
    }
    var table = new Table("stream", ">last revision", "state");
    for (var summary : summaries) {
      table.row(
          Printable.of(summary.name().value()),
          lastRevision(summary.state()),
          word(summary.state()));
    }
    shell.out().print(table.text(shell.style()));
  }

  private void printJson(StreamSummary summary) {
    var mapper = JsonMapper.shared();
    var node = mapper.createObjectNode();
    node.put("stream", summary.name().value());
    node.put("state", word(summary.state()));
    switch (summary.state()) {
      case StreamState.Present(var first, var last) -> {
        node.put("firstRevision", first);
        node.put("lastRevision", last);
      }
      case StreamState.Deleted(var last) -> node.put("lastRevision", last);
      case StreamState.Absent(), StreamState.Tombstoned() -> {}
    }
    shell.out().println(mapper.writeValueAsString(node));
  }

  private static String lastRevision(StreamState state) {
    return switch (state) {
      case StreamState.Present(_, var last) -> Long.toString(last);
      case StreamState.Deleted(var last) -> Long.toString(last);
      case StreamState.Absent(), StreamState.Tombstoned() -> "";
    };
  }

  private static String word(StreamState state) {
    return switch (state) {
      case StreamState.Absent() -> "absent";
      case StreamState.Present _ -> "present";
      case StreamState.Deleted _ -> "deleted";
      case StreamState.Tombstoned() -> "tombstoned";
    };
  }
}
