// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.api.EventSink;
import io.leftfold.api.EventStore;
import io.leftfold.api.EventView;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Cpu;
import io.leftfold.benchmarks.measure.Pace;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.engine.Durability;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;

/// All events from first to last.
public final class Scan implements Benchmark {

  private static final int STREAMS = 100_000;
  private static final double ASKED = 2_000_000;

  /// Makes the benchmark.
  public Scan() {}

  @Override
  public String name() {
    return "scan";
  }

  @Override
  public String question() {
    return "How fast does one thread read the whole log, of a million events?";
  }

  @Override
  public String sketch() {
    return "330 bytes an event: 30 ns to copy and 30 ns to check, and as much for the objects that the caller keeps";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var directory = settings.directory();
    var population = new Population(settings.scaled(STREAMS));
    try (var store =
            LocalEventStore.open(
                directory.resolve("store"),
                EngineOptions.defaults().withDurability(Durability.OS));
        var arena = Arena.ofShared();
        var sqlite = new Sqlite(directory.resolve("sqlite"))) {
      population.appendTo(store);
      population.insertInto(sqlite);
      var chunks = LogLayout.map(directory.resolve("store"), arena);
      var count = population.eventCount() + 1; // and the one that names the store
      var allocated = new long[1];
      var allocatedShowing = new long[1];
      var rounds =
          new Rounds(settings)
              .with(
                  "leftfold",
                  time ->
                      Pace.perSecond(
                          time,
                          () -> {
                            var before = Cpu.threadAllocatedBytes();
                            var read = readAll(store);
                            allocated[0] = (Cpu.threadAllocatedBytes() - before) / read;
                            return require(count, read);
                          }))
              .with(
                  "shown",
                  time ->
                      Pace.perSecond(
                          time,
                          () -> {
                            var before = Cpu.threadAllocatedBytes();
                            var shown = showAll(store);
                            allocatedShowing[0] = (Cpu.threadAllocatedBytes() - before) / shown;
                            return require(count, shown);
                          }))
              .with(
                  "limit", time -> Pace.perSecond(time, () -> require(count, copyAndCheck(chunks))))
              .with(
                  "sqlite",
                  time ->
                      Pace.perSecond(
                          time, () -> require(population.eventCount(), sqlite.readAll())))
              .run();
      rows.accept(
          Row.of(
                  name(),
                  "events/s",
                  rounds,
                  "copying each record out of the mapped files and comparing its CRC-32C",
                  new Asked.Figure(ASKED))
              .withPeer("SQLite, select in order of position", rounds.median("sqlite"))
              .withRemark(
                  "%d bytes allocated an event that the caller keeps, of which the data are 272; %d bytes an event that is only shown (%,.0f events/s)"
                      .formatted(allocated[0], allocatedShowing[0], rounds.median("shown"))));
    }
  }

  private static long require(long expected, long found) {
    if (expected != found) {
      throw new IllegalStateException("%d events expected, found %d".formatted(expected, found));
    }
    return found;
  }

  private static long readAll(EventStore store) {
    var count = 0L;
    var bytes = 0L;
    try (var read = store.readAll(ReadOptions.forwards())) {
      for (var resolved : read) {
        bytes += resolved.event().orElseThrow().data().length;
        count++;
      }
    }
    if (bytes < count) {
      throw new IllegalStateException("Events without data");
    }
    return count;
  }

  /// As the server reads: nothing of an event is kept.
  private static long showAll(EventStore store) {
    var shown = new Shown();
    try (var read = store.readAll(ReadOptions.forwards())) {
      while (read.next(shown)) {
        // Counted by whom it is shown to.
      }
    }
    if (shown.bytes < shown.count) {
      throw new IllegalStateException("Events without data");
    }
    return shown.count;
  }

  private static final class Shown implements EventSink {
    private long count;
    private long bytes;

    @Override
    public void event(EventView event) {
      count++;
      bytes += event.dataLength();
    }

    @Override
    public void resolved(ResolvedEvent resolved) {
      throw new IllegalStateException("There are no links to resolve");
    }
  }

  private static long copyAndCheck(List<MemorySegment> chunks) {
    var checker = new LogLayout.Checker();
    var count = new long[1];
    for (var chunk : chunks) {
      LogLayout.forEachRecord(
          chunk,
          (bytes, offset, length) -> {
            checker.check(bytes, offset, length);
            count[0]++;
          });
    }
    return count[0];
  }
}
