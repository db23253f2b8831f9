// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.EventFilter;
import io.leftfold.cli.output.Printable;
import io.leftfold.cli.output.Table;
import io.leftfold.client.GroupOptions;
import io.leftfold.client.GroupReport;
import io.leftfold.client.ParkedMessage;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.client.RemoteGroups;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Looks after the persistent subscriptions of a server.
@Command(
    name = "groups",
    header = "Look after the persistent subscriptions of a server.",
    synopsisHeading = "%nUsage: ",
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "<command>",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold groups list --connect 'kurrentdb://127.0.0.1:2113?tls=false'",
      "  leftfold groups parked orders mailer --connect 'kurrentdb://127.0.0.1:2113?tls=false'",
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class GroupsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  /// The command with its subcommands.
  static CommandLine commandLine(Shell shell) {
    var groups = new CommandLine(new GroupsCommand());
    return groups
        .addSubcommand(new ListThem(shell))
        .addSubcommand(new Show(shell))
        .addSubcommand(new Create(shell))
        .addSubcommand(new Update(shell))
        .addSubcommand(new Delete(shell))
        .addSubcommand(new Parked(shell))
        .addSubcommand(new Replay(shell))
        .addSubcommand(new Truncate(shell))
        .addSubcommand(new Restart(shell));
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "What to do with the groups? Name one of list, show, create, update, delete, parked, replay, truncate, restart");
  }

  /// What each of them needs: a server.
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  private abstract static class OfServer implements Callable<Integer> {
    @Option(
        names = {"-c", "--connect"},
        paramLabel = "<connection string>",
        required = true,
        description = "A running server, as in kurrentdb://127.0.0.1:2113?tls=false")
    private String connect;

    final Shell shell;

    OfServer(Shell shell) {
      this.shell = shell;
    }

    final int with(Consumer<RemoteGroups> work) {
      try (var store = RemoteEventStore.connect(connect)) {
        work.accept(store.groups());
      }
      return ExitCode.OK;
    }

    final void say(String text) {
      shell.out().println(text);
    }

    final void sayJson(Map<String, Object> values) {
      say(JsonMapper.shared().writeValueAsString(values));
    }
  }

  /// What most of them need: a group.
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  private abstract static class OfGroup extends OfServer {
    @Parameters(index = "0", paramLabel = "<stream>", description = "The stream, or '$all'.")
    String source;

    @Parameters(index = "1", paramLabel = "<group>", description = "The name of the group.")
    String group;

    OfGroup(Shell shell) {
      super(shell);
    }

    final void saidAndDone(String what) {
      say("Group %s of %s %s.".formatted(Printable.of(group), Printable.of(source), what));
    }
  }

  @Command(name = "list", header = "List the groups.", synopsisHeading = "%nUsage: ")
  private static final class ListThem extends OfServer {
    @Option(names = "--json", description = "Show one JSON object a line.")
    private boolean json;

    ListThem(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() {
      return with(groups -> show(groups.list()));
    }

    private void show(List<GroupReport> reports) {
      if (json) {
        reports.forEach(report -> sayJson(values(report)));
      } else if (reports.isEmpty()) {
        shell.err().println("No groups");
      } else {
        var table =
            new Table(
                "stream",
                "group",
                "status",
                ">consumers",
                ">in flight",
                ">parked",
                ">checkpoint",
                ">last");
        for (var report : reports) {
          table.row(
              Printable.of(report.source()),
              Printable.of(report.group()),
              report.status(),
              Integer.toString(report.consumers()),
              Integer.toString(report.inFlight()),
              Long.toString(report.parked()),
              report.checkpoint(),
              report.last());
        }
        shell.out().print(table.text(shell.style()));
      }
    }
  }

  @Command(name = "show", header = "Show a group.", synopsisHeading = "%nUsage: ")
  private static final class Show extends OfGroup {
    @Option(names = "--json", description = "Show one JSON object.")
    private boolean json;

    Show(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() {
      return with(groups -> show(groups.info(source, group)));
    }

    private void show(GroupReport report) {
      if (json) {
        sayJson(values(report));
        return;
      }
      var table = new Table("figure", ">value");
      values(report).forEach((name, value) -> table.row(name, Printable.of(String.valueOf(value))));
      shell.out().print(table.text(shell.style()));
    }
  }

  private static Map<String, Object> values(GroupReport report) {
    var options = report.options();
    var values = new LinkedHashMap<String, Object>();
    values.put("stream", report.source());
    values.put("group", report.group());
    values.put("status", report.status());
    values.put("consumers", report.consumers());
    values.put("in-flight", report.inFlight());
    values.put("parked", report.parked());
    values.put("checkpoint", report.checkpoint());
    values.put("last", report.last());
    values.putAll(report.figures());
    values.put("start", options.start());
    values.put("resolve-links", options.resolveLinks());
    values.put("extra-statistics", options.extraStatistics());
    values.put("message-timeout", options.messageTimeout().toMillis());
    values.put("max-retries", options.maxRetries());
    values.put("checkpoint-after", options.checkpointAfter().toMillis());
    values.put("min-checkpoint", options.minCheckpoint());
    values.put("max-checkpoint", options.maxCheckpoint());
    values.put("max-consumers", options.maxConsumers());
    values.put("live-buffer", options.liveBuffer());
    values.put("history-buffer", options.historyBuffer());
    values.put("read-batch", options.readBatch());
    values.put("strategy", options.strategy());
    return values;
  }

  /// How a group works: what is not named stays as it is.
  private static final class Settings {
    @Option(
        names = "--start",
        paramLabel = "<place>",
        description = "The first place; -1 for the end.")
    private @Nullable Long start;

    @Option(names = "--resolve-links", arity = "1", description = "Whether links are followed.")
    private @Nullable Boolean resolveLinks;

    @Option(names = "--extra-statistics", arity = "1", description = "Whether consumers are timed.")
    private @Nullable Boolean extraStatistics;

    @Option(names = "--message-timeout", paramLabel = "<ms>", description = "0 for none.")
    private @Nullable Long messageTimeout;

    @Option(names = "--max-retries", paramLabel = "<n>", description = "Then an event is parked.")
    private @Nullable Integer maxRetries;

    @Option(names = "--checkpoint-after", paramLabel = "<ms>", description = "0 for never by time.")
    private @Nullable Long checkpointAfter;

    @Option(names = "--min-checkpoint", paramLabel = "<n>", description = "Events, at least.")
    private @Nullable Integer minCheckpoint;

    @Option(names = "--max-checkpoint", paramLabel = "<n>", description = "Events, at most.")
    private @Nullable Integer maxCheckpoint;

    @Option(names = "--max-consumers", paramLabel = "<n>", description = "0 for any number.")
    private @Nullable Integer maxConsumers;

    @Option(names = "--live-buffer", paramLabel = "<n>", description = "Read ahead when live.")
    private @Nullable Integer liveBuffer;

    @Option(names = "--history-buffer", paramLabel = "<n>", description = "Read ahead of history.")
    private @Nullable Integer historyBuffer;

    @Option(names = "--read-batch", paramLabel = "<n>", description = "Read at a time.")
    private @Nullable Integer readBatch;

    @Option(
        names = "--strategy",
        paramLabel = "<name>",
        description = "RoundRobin, DispatchToSingle, Pinned or PinnedByCorrelation.")
    private @Nullable String strategy;

    GroupOptions over(GroupOptions before) {
      return new GroupOptions(
          or(start, before.start()),
          or(resolveLinks, before.resolveLinks()),
          or(extraStatistics, before.extraStatistics()),
          messageTimeout == null ? before.messageTimeout() : Duration.ofMillis(messageTimeout),
          or(maxRetries, before.maxRetries()),
          checkpointAfter == null ? before.checkpointAfter() : Duration.ofMillis(checkpointAfter),
          or(minCheckpoint, before.minCheckpoint()),
          or(maxCheckpoint, before.maxCheckpoint()),
          or(maxConsumers, before.maxConsumers()),
          or(liveBuffer, before.liveBuffer()),
          or(historyBuffer, before.historyBuffer()),
          or(readBatch, before.readBatch()),
          or(strategy, before.strategy()));
    }

    private static <T> T or(@Nullable T given, T before) {
      return given == null ? before : given;
    }
  }

  @Command(name = "create", header = "Make a group.", synopsisHeading = "%nUsage: ")
  private static final class Create extends OfGroup {
    @Mixin private final Settings settings = new Settings();

    @Option(names = "--stream-prefix", split = ",", description = "Of all: streams that begin so.")
    private List<String> streamPrefixes = List.of();

    @Option(names = "--type-prefix", split = ",", description = "Of all: types that begin so.")
    private List<String> typePrefixes = List.of();

    Create(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() {
      return with(groups -> {
        groups.create(source, group, filter(), settings.over(GroupOptions.defaults()));
        saidAndDone("is there");
      });
    }

    private EventFilter filter() {
      if (!streamPrefixes.isEmpty()) {
        return new EventFilter.StreamPrefix(streamPrefixes);
      }
      return typePrefixes.isEmpty()
          ? EventFilter.everything()
          : new EventFilter.TypePrefix(typePrefixes);
    }
  }

  @Command(name = "update", header = "Change a group.", synopsisHeading = "%nUsage: ")
  private static final class Update extends OfGroup {
    @Mixin private final Settings settings = new Settings();

    Update(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() {
      return with(groups -> {
        groups.update(source, group, settings.over(groups.info(source, group).options()));
        saidAndDone("is changed; its consumers were dropped");
      });
    }
  }

  @Command(
      name = "delete",
      header = "Delete a group, its checkpoint and its parked events.",
      synopsisHeading = "%nUsage: ")
  private static final class Delete extends OfGroup {
    Delete(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() {
      return with(groups -> {
        groups.delete(source, group);
        saidAndDone("is deleted");
      });
    }
  }

  @Command(name = "parked", header = "Look at parked events.", synopsisHeading = "%nUsage: ")
  private static final class Parked extends OfGroup {
    @Option(
        names = "--from",
        paramLabel = "<place>",
        defaultValue = "0",
        description = "The first one. Default: 0.")
    private long from;

    @Option(
        names = {"-n", "--limit"},
        paramLabel = "<n>",
        defaultValue = "100",
        description = "Show at most so many. Default: 100.")
    private int limit;

    @Option(names = "--json", description = "Show one JSON object a line, data and all.")
    private boolean json;

    Parked(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() {
      return with(groups -> show(groups.parked(source, group, from, limit)));
    }

    private void show(List<ParkedMessage> parked) {
      if (json) {
        parked.forEach(this::showJson);
      } else if (parked.isEmpty()) {
        shell.err().println("No parked events");
      } else {
        var table = new Table(">parked at", "stream", ">revision", "type", "why");
        for (var message : parked) {
          table.row(
              Long.toString(message.parkedAt()),
              Printable.of(message.stream()),
              Long.toString(message.revision()),
              Printable.of(message.type()),
              Printable.of(message.why()));
        }
        shell.out().print(table.text(shell.style()));
      }
    }

    private void showJson(ParkedMessage message) {
      var values = new LinkedHashMap<String, Object>();
      values.put("parkedAt", message.parkedAt());
      values.put("why", message.why());
      values.put("stream", message.stream());
      values.put("revision", message.revision());
      values.put("type", message.type());
      values.put("data", new String(message.data(), StandardCharsets.UTF_8));
      values.put("metadata", new String(message.metadata(), StandardCharsets.UTF_8));
      sayJson(values);
    }
  }

  @Command(
      name = "replay",
      header = "Hand parked events out again, before anything new.",
      synopsisHeading = "%nUsage: ")
  private static final class Replay extends OfGroup {
    @Option(
        names = "--up-to",
        paramLabel = "<place>",
        description = "The first one that is left alone. Default: none.")
    private @Nullable Long upTo;

    @Option(
        names = "--only",
        paramLabel = "<place>",
        split = ",",
        description = "Only these, as \"leftfold groups parked\" shows them.")
    private Set<Long> only = Set.of();

    @Spec private @Nullable CommandSpec spec;

    Replay(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() {
      if (upTo != null && !only.isEmpty() && spec != null) {
        throw new ParameterException(spec.commandLine(), "Name --up-to or --only, not both");
      }
      return with(groups -> {
        if (only.isEmpty()) {
          groups.replay(source, group, optional(upTo));
        } else {
          groups.replayChosen(source, group, only);
        }
        saidAndDone("hands its parked events out again");
      });
    }
  }

  @Command(name = "truncate", header = "Forget parked events.", synopsisHeading = "%nUsage: ")
  private static final class Truncate extends OfGroup {
    @Option(
        names = "--up-to",
        paramLabel = "<place>",
        description = "The first one that is left alone. Default: none.")
    private @Nullable Long upTo;

    Truncate(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() {
      return with(groups -> {
        groups.truncate(source, group, optional(upTo));
        saidAndDone("has forgotten them");
      });
    }
  }

  @Command(
      name = "restart",
      header = "Let the server begin anew with all groups.",
      synopsisHeading = "%nUsage: ")
  private static final class Restart extends OfServer {
    Restart(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() {
      return with(groups -> {
        groups.restart();
        say("The groups were restarted; their consumers were dropped.");
      });
    }
  }

  private static OptionalLong optional(@Nullable Long number) {
    return number == null ? OptionalLong.empty() : OptionalLong.of(number);
  }
}
