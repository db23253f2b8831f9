// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.projections;

import io.leftfold.benchmarks.measure.Directories;
import io.leftfold.engine.Durability;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.projections.ProjectionOptions;
import io.leftfold.projections.Projections;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// How long a new projection takes over a large store.
@Command(
    name = "catch-up",
    mixinStandardHelpOptions = true,
    description = {
      "Fills a store, creates a projection, and tells how long it takes to come to the end,",
      "beside the same fold in Java over the same store."
    })
public final class CatchUpCommand implements Callable<Integer> {

  private static final long SECOND_NANOS = 1_000_000_000;
  private static final long TOLD_EVENTS = 1_000_000;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--events",
      paramLabel = "<n>",
      defaultValue = "10000000",
      description = "how many events (default: 10000000)")
  private long events;

  @Option(
      names = "--streams",
      paramLabel = "<n>",
      defaultValue = "100000",
      description = "in how many streams (default: 100000)")
  private int streams;

  @Option(
      names = "--bytes",
      paramLabel = "<n>",
      defaultValue = "256",
      description = "how many bytes of JSON an event has (default: 256)")
  private int bytes;

  @Option(
      names = "--script",
      paramLabel = "<script>",
      defaultValue = "TYPES",
      description = "${COMPLETION-CANDIDATES} (default: TYPES)")
  private FoldScript script = FoldScript.TYPES;

  @Option(
      names = "--data",
      paramLabel = "<dir>",
      description = "directory on the disk to be measured (default: the temporary one)")
  private @Nullable Path data;

  /// Made by picocli.
  public CatchUpCommand() {}

  @Override
  public Integer call() throws Exception {
    if (events < 1 || streams < 1) {
      throw new IllegalArgumentException(
          "An event and a stream expected, got %d and %d".formatted(events, streams));
    }
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    var directory = Directories.make(data, "catch-up");
    // To fill it is not what is measured, so nothing waits for the disk.
    var options = EngineOptions.defaults().withDurability(Durability.OS);
    try (var store = LocalEventStore.open(directory, options)) {
      new SampleEvents(events, streams, bytes)
          .appendTo(
              store,
              count -> {
                if (count % TOLD_EVENTS == 0) {
                  out.printf("filled: %,d events%n", count);
                }
              });
      catchUp(store, out);
      var plain = new PlainFold(store, script);
      var begin = System.nanoTime();
      var count = plain.foldAll();
      tell(out, "the same fold in Java", count, begin);
    } finally {
      Directories.delete(directory);
    }
    return 0;
  }

  private void catchUp(LocalEventStore store, PrintWriter out) {
    try (var projections = Projections.open(store, ProjectionOptions.defaults())) {
      var begin = System.nanoTime();
      var next = new long[] {begin + SECOND_NANOS};
      var handled =
          EngineRun.over(
              projections,
              "catch-up",
              script,
              now -> {
                if (System.nanoTime() > next[0]) {
                  next[0] += SECOND_NANOS;
                  out.printf(
                      "%5.1f %%, position %,d, at checkpoint %,d%n",
                      now.progress(), now.position(), now.checkpoint());
                }
              });
      tell(out, "the projection", handled, begin);
    }
  }

  private static void tell(PrintWriter out, String who, long events, long begin) {
    var seconds = (System.nanoTime() - begin) / (double) SECOND_NANOS;
    out.printf(
        "%s: %,d events in %.1f s, %,.0f a second%n", who, events, seconds, events / seconds);
  }
}
