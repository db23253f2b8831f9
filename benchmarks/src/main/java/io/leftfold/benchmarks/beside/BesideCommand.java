// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.beside;

import io.leftfold.benchmarks.measure.Directories;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Measures a good client beside bad ones.
@Command(
    name = "beside",
    mixinStandardHelpOptions = true,
    description = {
      "Measures how long a good client waits for appends and reads: alone, beside one bad client of",
      "each kind, and alone again. Prints a table in Markdown; times are milliseconds, half of the",
      "calls / 99 %% of them / the longest."
    })
public final class BesideCommand implements Callable<Integer> {

  private static final String HEAP = "512m";
  private static final int AT_ONCE = 8;
  private static final int WARM_UPS = 5;
  private static final double MIB = 1024 * 1024;
  private static final Duration UNTIL_GIVEN_BACK = Duration.ofSeconds(1);

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "<kind>",
      description = "beginnings of the names of kinds (default: all)")
  private List<String> kinds = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "<n>",
      defaultValue = "2",
      description = "how long each is measured, one call at a time and eight at once (default: 2)")
  private double seconds;

  @Option(
      names = "--streams",
      paramLabel = "<n>",
      defaultValue = "20000",
      description = "how many streams of ten events there are (default: 20000)")
  private int streams;

  @Option(
      names = "--data",
      paramLabel = "<dir>",
      description = "directory on the disk to be measured (default: the temporary one)")
  private @Nullable Path data;

  /// Made by picocli.
  public BesideCommand() {}

  @Override
  public Integer call() throws Exception {
    for (var name : kinds) {
      requireKnown(name);
    }
    var chosen =
        Arrays.stream(Kind.values())
            .filter(kind ->
                kinds.isEmpty() || kinds.stream().anyMatch(name -> kind.key().startsWith(name)))
            .toList();
    for (var encrypted : List.of(false, true)) {
      var some = chosen.stream().filter(kind -> kind.encrypted() == encrypted).toList();
      if (!some.isEmpty()) {
        run(some, encrypted);
      }
    }
    return 0;
  }

  private void requireKnown(String name) {
    var keys = Arrays.stream(Kind.values()).map(Kind::key).toList();
    if (keys.stream().noneMatch(key -> key.startsWith(name))) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "No kind begins with '%s'; there are %s".formatted(name, String.join(", ", keys)));
    }
  }

  private void run(List<Kind> some, boolean encrypted) throws Exception {
    var directory = Directories.make(data, "beside");
    var store = directory.resolve("store");
    Files.createDirectories(store);
    try (var server =
            new Child(
                HEAP,
                BesideServer.class,
                List.of(store.toString(), Integer.toString(streams), Boolean.toString(encrypted)));
        var client = new GoodClient(connection(store, server.first(), encrypted), streams)) {
      new Round(server, client, store).run(some, encrypted);
    } finally {
      Directories.delete(directory);
    }
  }

  private static String connection(Path store, String port, boolean encrypted) {
    return encrypted
        ? "esdb://admin:changeit@localhost:%s?tlsCaFile=%s&defaultDeadline=60000"
            .formatted(port, BesideServer.authority(store))
        : "esdb://localhost:%s?tls=false&defaultDeadline=60000".formatted(port);
  }

  private final class Round {
    private final Child server;
    private final GoodClient client;
    private final Path store;
    private final PrintWriter out;
    private final Duration half = Duration.ofMillis((long) (seconds * 1000));

    Round(Child server, GoodClient client, Path store) {
      this.server = server;
      this.client = client;
      this.store = store;
      this.out = Objects.requireNonNull(spec).commandLine().getOut();
    }

    void run(List<Kind> some, boolean encrypted) throws Exception {
      for (var i = 0; i < WARM_UPS; i++) {
        var _ = client.measure(AT_ONCE, half);
      }
      out.printf(
          "%n| beside%s | append, one | read, one | append, of %d | read, of %d | the bad client | the server held, then | heap, resident MiB | cores: server, bad |%n|---|---|---|---|---|---|---|---|---|%n",
          encrypted ? " (TLS)" : "", AT_ONCE, AT_ONCE);
      alone("nobody");
      for (var kind : some) {
        beside(kind);
      }
      alone("nobody again");
    }

    private void alone(String name) throws Exception {
      var one = client.measure(1, half);
      var eight = client.measure(AT_ONCE, half);
      out.printf("| %s | %s | %s | | | %s | |%n", name, one, eight, memory(Held.of(server)));
      out.flush();
    }

    private void beside(Kind kind) throws Exception {
      var before = Held.of(server);
      try (var bad =
          new Child(
              HEAP,
              HostileMain.class,
              List.of(kind.name(), server.first(), BesideServer.authority(store).toString()))) {
        var server0 = server.processorTime();
        var bad0 = bad.processorTime();
        var begin = System.nanoTime();
        var one = client.measure(1, half);
        var eight = client.measure(AT_ONCE, half);
        var elapsed = (double) (System.nanoTime() - begin);
        var serverCores = server.processorTime().minus(server0).toNanos() / elapsed;
        var badCores = bad.processorTime().minus(bad0).toNanos() / elapsed;
        var tally = bad.ask();
        var during = Held.of(server);
        var resident = memory(during);
        bad.end();
        out.printf(
            Locale.ROOT,
            "| %s | %s | %s | %s: %s | %s, then %s | %s | %.1f, %.1f |%n",
            kind.key(),
            one,
            eight,
            kind.description(),
            tally,
            during.besides(before),
            after(before).besides(before),
            resident,
            serverCores,
            badCores);
        out.flush();
      }
    }

    /// What is left after the bad one has gone; the system closes its connections.
    private Held after(Held before) throws IOException, InterruptedException {
      var end = System.nanoTime() + UNTIL_GIVEN_BACK.toNanos();
      var held = Held.of(server);
      while (System.nanoTime() < end
          && (held.connections > before.connections || held.calls > before.calls)) {
        Thread.sleep(50);
        held = Held.of(server);
      }
      return held;
    }

    private String memory(Held held) throws IOException {
      return String.format(
          Locale.ROOT, "%.0f, %.0f", held.heap / MIB, server.residentBytes() / MIB);
    }
  }

  /// What the server holds.
  private record Held(long heap, int connections, int calls) {

    static Held of(Child server) throws IOException {
      var figures = server.ask().split(" ", -1);
      return new Held(
          Long.parseLong(figures[0]), Integer.parseInt(figures[1]), Integer.parseInt(figures[2]));
    }

    String besides(Held before) {
      return "%,d connections and %,d calls"
          .formatted(connections - before.connections, calls - before.calls);
    }
  }
}
