// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.EventCounts;
import io.leftfold.api.EventStore;
import io.leftfold.cli.output.Printable;
import io.leftfold.cli.output.Table;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.LocalEventStore;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Shows figures of a store.
@Command(
    name = "stats",
    header = "Show how much a store holds, and of which types and categories.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n")
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class StatsCommand implements Callable<Integer> {

  /// Of so many types and so many categories it is shown how many events they have.
  private static final int COUNTS_MAX = 100;

  @Option(names = "--json", description = "Show one JSON object.")
  private boolean json;

  @Mixin private StoreOptions store;

  private final Shell shell;

  StatsCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Map<String, String> figures;
    EventCounts counts;
    try (var opened = store.openToRead(shell)) {
      figures = figures(opened);
      counts = counts(opened);
    }
    if (json) {
      var mapper = JsonMapper.shared();
      var node = mapper.createObjectNode();
      figures.forEach((name, value) -> {
        if (value.matches("-?[0-9]{1,18}")) {
          node.put(name, Long.parseLong(value));
        } else {
          node.put(name, value);
        }
      });
      counts.byType().forEach(node.putObject("events-by-type")::put);
      counts.byCategory().forEach(node.putObject("events-by-category")::put);
      shell.out().println(mapper.writeValueAsString(node));
    } else {
      var table = new Table("figure", ">value");
      figures.forEach((name, value) -> table.row(Printable.of(name), Printable.of(grouped(value))));
      shell.out().print(table.text(shell.style()));
      print("type", counts.byType());
      print("category", counts.byCategory());
    }
    return ExitCode.OK;
  }

  private void print(String what, Map<String, Long> counts) {
    if (!counts.isEmpty()) {
      var table = new Table(what, ">events");
      counts.forEach((name, events) -> table.row(Printable.of(name), "%,d".formatted(events)));
      shell.out().println();
      shell.out().print(table.text(shell.style()));
    }
  }

  private static EventCounts counts(EventStore store) {
    return switch (store) {
      case RemoteEventStore remote -> remote.counts();
      case LocalEventStore local -> local.counts(COUNTS_MAX);
      default -> new EventCounts(Map.of(), Map.of());
    };
  }

  private static String grouped(String value) {
    return value.matches("[0-9]{1,18}") ? "%,d".formatted(Long.parseLong(value)) : value;
  }

  private static Map<String, String> figures(EventStore store) {
    if (store instanceof RemoteEventStore remote) {
      return remote.stats();
    }
    var figures = new TreeMap<String, String>();
    if (store instanceof LocalEventStore local) {
      var stats = local.stats();
      figures.put("store-id", local.storeId().toString());
      figures.put("events", Long.toString(stats.events()));
      figures.put("streams", Long.toString(stats.streams()));
      figures.put("categories", Long.toString(stats.categories()));
      figures.put("event-types", Long.toString(stats.eventTypes()));
      figures.put("tags", Long.toString(stats.tags()));
      figures.put("indexed-events", Long.toString(local.indexProgress().indexed()));
      figures.put("chunks", Integer.toString(stats.chunks()));
      figures.put("log-bytes", Long.toString(stats.logBytes()));
    }
    store.lastPosition().ifPresent(last -> figures.put("last-position", Long.toString(last)));
    return figures;
  }
}
