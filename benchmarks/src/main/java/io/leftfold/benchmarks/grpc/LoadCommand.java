// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import io.leftfold.benchmarks.measure.Directories;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What many subscriptions and many writers cost a server with a small heap.
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = {
      "Opens many subscriptions that nothing comes for and many busy writers beside them, at a",
      "server with a small heap; prints what each costs, how long an event takes to all that want",
      "it, and what a connection with thousands of appends in flight does to another with one."
    })
public final class LoadCommand implements Callable<Integer> {
  private static final int EVENTS_FOR_ALL = 50;
  private static final int EVENTS_TO_WARM_UP = 10;

  @Spec private @Nullable CommandSpec spec;
  private int used;

  @Option(
      names = "--subscriptions",
      paramLabel = "<n>",
      defaultValue = "5000",
      description = "how many subscriptions (default: 5000)")
  private int subscriptions;

  @Option(
      names = "--connections",
      paramLabel = "<n>",
      defaultValue = "50",
      description = "over how many connections (default: 50)")
  private int connections;

  @Option(
      names = "--writers",
      paramLabel = "<n>",
      defaultValue = "1000",
      description = "how many writers, each on a connection of its own (default: 1000)")
  private int writers;

  @Option(
      names = "--in-flight",
      paramLabel = "<n>",
      defaultValue = "5000",
      description = "appends in flight of the connection that pipelines (default: 5000)")
  private int inFlight;

  @Option(
      names = "--seconds",
      paramLabel = "<n>",
      defaultValue = "5",
      description = "how long each rate is measured (default: 5)")
  private int seconds;

  @Option(
      names = "--heap",
      paramLabel = "<size>",
      defaultValue = "512m",
      description = "the largest heap of the server (default: 512m)")
  private String heap = "512m";

  @Option(
      names = "--data",
      paramLabel = "<dir>",
      description = "directory on the disk to be measured (default: the temporary one)")
  private @Nullable Path data;

  /// Made by picocli.
  public LoadCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    var directory = Directories.make(data, "load");
    try (var server = ServerProcess.store(directory, 1, heap)) {
      measure(server);
      return 0;
    } finally {
      Directories.delete(directory);
    }
  }

  private void measure(ServerProcess server) throws IOException, InterruptedException {
    write(server, seconds); // warms up
    say("heap with nobody", "%,d KiB", server.heapBytes() >> 10);
    say("%d writers alone".formatted(writers), "%s", write(server, seconds));
    idle(server);
    everybody(server);
    beside(server);
    say("heap in the end", "%,d KiB", server.heapBytes() >> 10);
  }

  private String write(ServerProcess server, int howLong) throws IOException {
    try (var load = new Load(server, numbers(writers), writers, Requests.APPEND, false, 1)) {
      return "%,.0f appends/s; p50 %,.0f µs, p99 %,.0f µs"
          .formatted(
              load.work(Duration.ofSeconds(howLong)),
              load.latencyMicros(50),
              load.latencyMicros(99));
    }
  }

  private void idle(ServerProcess server) throws IOException, InterruptedException {
    var before = server.heapBytes();
    var begin = System.nanoTime();
    try (var subscribers =
        new Subscribers(
            server.port(),
            subscriptions,
            connections,
            i ->
                i % 2 == 0
                    ? Subscribers.toStream("idle-" + i)
                    : Subscribers.toPrefix("idle-%d-".formatted(i)))) {
      say("opening %d subscriptions".formatted(subscriptions), "%,d ms", millisSince(begin));
      say(
          "an idle subscription",
          "%,d bytes of heap",
          (server.heapBytes() - before) / subscriptions);
      say("%d writers beside them".formatted(writers), "%s", write(server, seconds));
      say("heap with both, after collection", "%,d KiB", server.heapBytes() >> 10);
      say("subscriptions that ended", "%d", subscribers.failures());
    }
  }

  private void everybody(ServerProcess server) throws IOException, InterruptedException {
    var number = numbers(1);
    var stream = "load-0-%06d".formatted(number);
    try (var subscribers =
            new Subscribers(
                server.port(), subscriptions, connections, _ -> Subscribers.toStream(stream));
        var connection =
            new Connection(
                server.port(), Door.OPEN, new Requests(number, false, 1), Requests.APPEND, false)) {
      var nanos = new long[EVENTS_FOR_ALL];
      for (var i = -EVENTS_TO_WARM_UP; i < EVENTS_FOR_ALL; i++) {
        var wanted = subscribers.events() + subscriptions;
        var begin = System.nanoTime();
        Load.answer(connection);
        while (subscribers.events() < wanted) {
          Thread.onSpinWait();
        }
        if (i >= 0) {
          nanos[i] = System.nanoTime() - begin;
        }
      }
      java.util.Arrays.sort(nanos);
      say(
          "an event, until all %d have seen it".formatted(subscriptions),
          "median %,d ms, longest %,d ms",
          nanos[EVENTS_FOR_ALL / 2] / 1_000_000,
          nanos[EVENTS_FOR_ALL - 1] / 1_000_000);
    }
  }

  private void beside(ServerProcess server) throws IOException {
    say("one append at a time, alone", "%s", one(server));
    try (var pipelining = new Pipelining(server.port(), inFlight)) {
      one(server); // warms up
      var answered = pipelining.answered();
      say("the same beside %d in flight".formatted(inFlight), "%s", one(server));
      say(
          "of the connection that pipelines",
          "%,d appends/s, %d refused",
          (pipelining.answered() - answered) / seconds,
          pipelining.refused());
    }
  }

  private String one(ServerProcess server) throws IOException {
    try (var load = new Load(server, numbers(1), 1, Requests.APPEND, false, 1)) {
      return "%,.0f appends/s; p50 %,.0f µs, p99 %,.0f µs"
          .formatted(
              load.work(Duration.ofSeconds(seconds)),
              load.latencyMicros(50),
              load.latencyMicros(99));
    }
  }

  /// Numbers of connections that nobody has used.
  private int numbers(int count) {
    var first = used;
    used += count;
    return first;
  }

  private static long millisSince(long begin) {
    return (System.nanoTime() - begin) / 1_000_000;
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is in a library that is not used
  private void say(String what, String format, Object... figures) {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.printf("%-44s %s%n", what, format.formatted(figures));
    out.flush();
  }
}
