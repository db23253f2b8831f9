// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.AsOf;
import io.leftfold.cli.output.Printable;
import io.leftfold.cli.output.Table;
import io.leftfold.client.ProjectionReport;
import io.leftfold.projections.FoldProgress;
import io.leftfold.projections.ParkedEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// The commands that look at projections and change nothing.
final class ProjectionsLooking {

  private ProjectionsLooking() {}

  private static Map<String, Object> values(ProjectionReport report) {
    var values = new LinkedHashMap<String, Object>();
    values.put("name", report.name());
    values.put("mode", report.mode());
    values.put("status", report.status());
    values.put("reason", report.reason());
    values.put("position", report.position());
    values.put("checkpoint", report.checkpoint());
    values.put("progress", report.progress());
    values.putAll(report.figures());
    return values;
  }

  private static String json(Map<String, Object> values) {
    return JsonMapper.shared().writeValueAsString(values);
  }

  @Command(
      name = "list",
      header = "List the projections.",
      synopsisHeading = "%nUsage: ",
      optionListHeading = "%nOptions:%n")
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  static final class ListThem implements Callable<Integer> {
    @Mixin private ProjectionsAt at;

    @Option(names = "--json", description = "Show one JSON object a line.")
    private boolean json;

    private final Shell shell;

    ListThem(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
      return at.run(shell, projections -> show(projections.list()));
    }

    private int show(List<ProjectionReport> reports) {
      if (json) {
        reports.forEach(report -> shell.out().println(json(values(report))));
        return ExitCode.OK;
      }
      var table = new Table("projection", "mode", "status", ">progress", ">position", "reason");
      for (var report : reports) {
        table.row(
            Printable.of(report.name()),
            report.mode(),
            report.status(),
            report.progress() < 0 ? "" : String.format(Locale.ROOT, "%.1f %%", report.progress()),
            report.position(),
            Printable.of(report.reason().lines().findFirst().orElse("")));
      }
      shell.out().print(table.text(shell.style()));
      return ExitCode.OK;
    }
  }

  @Command(name = "statistics", header = "Show how a projection is.")
  static final class Statistics extends ProjectionCommand {
    @Option(names = "--json", description = "Show one JSON object.")
    private boolean json;

    Statistics(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() throws Exception {
      return at.run(shell, name, projections -> show(values(projections.statistics(name))));
    }

    private int show(Map<String, Object> values) {
      if (json) {
        shell.out().println(json(values));
        return ExitCode.OK;
      }
      var table = new Table("figure", ">value");
      values.forEach((figure, value) -> table.row(figure, Printable.of(String.valueOf(value))));
      shell.out().print(table.text(shell.style()));
      return ExitCode.OK;
    }
  }

  /// What `state` and `result` have in common.
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  abstract static class OfPartition extends ProjectionCommand {
    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "<partition>",
        defaultValue = "",
        description = "The partition; without it, the one state of a projection without them.")
    private String partition;

    @Option(
        names = "--as-of",
        paramLabel = "<position or time>",
        converter = Times.OfMoment.class,
        description =
            "What it was when the store stood at a position, or at a time as in 2026-07-17T14:02:00Z: what the script that the projection has now makes of the events up to there.")
    private @Nullable AsOf asOf;

    OfPartition(Shell shell) {
      super(shell);
    }

    abstract String now(ProjectionsAt.Opened projections, String name, String partition);

    abstract String then(
        ProjectionsAt.Opened projections,
        String name,
        String partition,
        AsOf moment,
        FoldProgress progress);

    @Override
    public Integer call() throws Exception {
      var moment = asOf;
      if (moment == null) {
        return at.run(
            shell,
            name,
            projections -> {
              projections.awaitEnd(shell, name);
              return show(now(projections, name, partition));
            });
      }
      // What was does not depend on how far the projection is.
      return at.run(
          shell,
          "",
          projections -> {
            var progress = new ProgressLine(shell);
            try {
              return show(
                  then(projections, name, partition, moment, FoldShown.of(shell, progress)));
            } finally {
              progress.end();
            }
          });
    }

    private int show(String json) {
      if (json.isEmpty()) {
        throw new CommandFailedException(
            ExitCode.FAILED,
            partition.isEmpty()
                ? "Projection %s has none; if it has partitions, name one of \"leftfold projections partitions %s\""
                    .formatted(name, name)
                : "Projection %s has none in partition %s".formatted(name, partition));
      }
      shell.out().println(json);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "state",
      header = "Show a state of a projection as JSON, now or at any time before.",
      description = "In a data directory, the projection first takes what it has not taken yet.",
      descriptionHeading = "%n")
  static final class State extends OfPartition {
    State(Shell shell) {
      super(shell);
    }

    @Override
    String now(ProjectionsAt.Opened projections, String name, String partition) {
      return projections.ask(
          here -> here.state(name, partition).json(), there -> there.state(name, partition));
    }

    @Override
    String then(
        ProjectionsAt.Opened projections,
        String name,
        String partition,
        AsOf moment,
        FoldProgress progress) {
      return projections.ask(
          here -> here.state(name, partition, moment, progress).json(),
          there -> there.inquiries().state(name, partition, moment, progress::at).json());
    }
  }

  @Command(
      name = "result",
      header = "Show a result of a projection as JSON, now or at any time before.",
      description = "In a data directory, the projection first takes what it has not taken yet.",
      descriptionHeading = "%n")
  static final class Result extends OfPartition {
    Result(Shell shell) {
      super(shell);
    }

    @Override
    String now(ProjectionsAt.Opened projections, String name, String partition) {
      return projections.ask(
          here -> here.result(name, partition).json(), there -> there.result(name, partition));
    }

    @Override
    String then(
        ProjectionsAt.Opened projections,
        String name,
        String partition,
        AsOf moment,
        FoldProgress progress) {
      return projections.ask(
          here -> here.result(name, partition, moment, progress).json(),
          there -> there.inquiries().result(name, partition, moment, progress::at).json());
    }
  }

  @Command(
      name = "partitions",
      header = "List the partitions that have a state, in the order of their names.")
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  static final class Partitions extends ProjectionCommand {
    @Option(
        names = "--after",
        paramLabel = "<partition>",
        defaultValue = "",
        description = "Only those behind this one.")
    private String after;

    @Option(
        names = {"-n", "--limit"},
        paramLabel = "<n>",
        defaultValue = "1000",
        description = "Show at most so many. Default: 1000.")
    private int limit;

    Partitions(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() throws Exception {
      return at.run(
          shell,
          name,
          projections -> {
            projections.awaitEnd(shell, name);
            var left = limit;
            var behind = after;
            while (left > 0) {
              var some = some(projections, behind, left);
              some.forEach(partition -> shell.out().println(Printable.of(partition)));
              if (some.isEmpty()) {
                break;
              }
              left -= some.size();
              behind = some.getLast();
            }
            return ExitCode.OK;
          });
    }

    private List<String> some(ProjectionsAt.Opened projections, String behind, int most) {
      return projections.ask(
          here -> here.partitions(name, behind, most),
          there -> there.inquiries().partitions(name, behind, most));
    }
  }

  @Command(
      name = "parked",
      header = "Show the events that were set aside because the script failed.")
  static final class Parked extends ProjectionCommand {
    @Option(
        names = "--from",
        paramLabel = "<position>",
        defaultValue = "0",
        description = "Begin at this position. Default: 0.")
    private long from;

    @Option(
        names = {"-n", "--limit"},
        paramLabel = "<n>",
        defaultValue = "1000",
        description = "Show at most so many. Default: 1000.")
    private int limit;

    @Option(names = "--json", description = "Show one JSON object a line.")
    private boolean json;

    Parked(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() throws Exception {
      return at.run(
          shell,
          name,
          projections -> {
            projections.awaitEnd(shell, name);
            if (json) {
              projections.parked(name, from, limit, this::showJson);
            } else {
              var parked = new ArrayList<ParkedEvent>();
              projections.parked(name, from, limit, parked::addAll);
              show(parked);
            }
            return ExitCode.OK;
          });
    }

    private void showJson(List<ParkedEvent> parked) {
      parked.forEach(event -> shell.out().println(json(values(event))));
    }

    private void show(List<ParkedEvent> parked) {
      if (parked.isEmpty()) {
        shell.err().println("No parked events");
      } else {
        var table = new Table(">position", "event", "type", "partition", "why");
        for (var event : parked) {
          table.row(
              Long.toString(event.position()),
              Printable.of("%d@%s".formatted(event.revision(), event.stream())),
              Printable.of(event.eventType()),
              Printable.of(
                  event.partition().orElse("") + (event.wholePartition() ? " and all after" : "")),
              Printable.of(event.error().lines().findFirst().orElse("")));
        }
        shell.out().print(table.text(shell.style()));
      }
    }

    private static Map<String, Object> values(ParkedEvent event) {
      var values = new LinkedHashMap<String, Object>();
      values.put("position", event.position());
      values.put("stream", event.stream());
      values.put("revision", event.revision());
      values.put("type", event.eventType());
      event.partition().ifPresent(partition -> values.put("partition", partition));
      values.put("wholePartition", event.wholePartition());
      values.put("error", event.error());
      event.stateBefore().ifPresent(state -> values.put("stateBefore", state));
      return values;
    }
  }
}
