// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.StreamName;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Cpu;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.engine.Durability;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// One event an append, a number of callers that each wait until theirs is on disk.
public final class DurableAppends implements Benchmark {

  private static final double ASKED_OF_ONE = 0.8;
  private static final double ASKED_OF_MANY = 0.85;

  private final int callers;

  /// With a number of callers in flight.
  ///
  /// @param callers how many
  public DurableAppends(int callers) {
    this.callers = callers;
  }

  @Override
  public String name() {
    return "append-" + callers;
  }

  @Override
  public String question() {
    return callers == 1
        ? "How near to bare write-and-sync does one caller come who waits for every append?"
        : "Do %d callers share syncs, so that all are answered once a sync?".formatted(callers);
  }

  @Override
  public String sketch() {
    return callers == 1
        ? "a 256-byte event is a commit of about 360 bytes; encoding and handing over cost a few µs, a sync hundreds"
        : "%d in flight, one sync of %d KB for all of them; until a core is full with waking and encoding"
            .formatted(callers, callers * LogLayout.commitBytes(stream(0), 1) / 1000);
  }

  private static StreamName stream(int caller) {
    return StreamName.of("account-" + (1000 + caller));
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var directory = settings.directory();
    var commitBytes = LogLayout.commitBytes(stream(0), 1);
    var cores = new ArrayList<Double>();
    try (var store = LocalEventStore.open(directory.resolve("store"));
        var unsynced =
            LocalEventStore.open(
                directory.resolve("unsynced"),
                EngineOptions.defaults().withDurability(Durability.OS));
        var disk = RawWriter.inZeros(directory.resolve("raw"), callers * commitBytes);
        var bare = new BareGroupCommit(directory.resolve("bare"), callers, commitBytes);
        var sqlite = new Sqlite(directory.resolve("sqlite"))) {
      var rounds =
          new Rounds(settings)
              .with(
                  "leftfold",
                  time -> {
                    var cpu = Cpu.processNanos();
                    var begin = System.nanoTime();
                    var rate = append(store, time);
                    cores.add((double) (Cpu.processNanos() - cpu) / (System.nanoTime() - begin));
                    return rate;
                  })
              .with("limit", time -> callers * disk.work(time))
              .with("bare", bare)
              .with("unsynced", time -> append(unsynced, time))
              .with(
                  "sqlite",
                  time ->
                      Callers.call(
                          1,
                          time,
                          _ ->
                              () -> {
                                sqlite.insert(stream(0));
                                sqlite.commit();
                              }))
              .run();
      var row =
          Row.of(
                  name(),
                  "events/s",
                  rounds,
                  "%d ÷ the time to write and sync %d bytes in a zero-filled file"
                      .formatted(callers, callers * commitBytes),
                  new Asked.Share(callers == 1 ? ASKED_OF_ONE : ASKED_OF_MANY))
              .withPeer("bare group commit, same callers", rounds.median("bare"))
              .withPeer("Leftfold without sync (Durability.OS)", rounds.median("unsynced"))
              .withPeer("SQLite WAL FULL, a transaction an event", rounds.median("sqlite"))
              .withRemark(
                  "%.2f of the bare group commit, %.2f of Leftfold without sync"
                      .formatted(
                          rounds.ratio("leftfold", "bare"), rounds.ratio("leftfold", "unsynced")))
              .withRemark(
                  "%.2f of %d cores busy, %.1f µs of processor an event"
                      .formatted(
                          middle(cores),
                          Runtime.getRuntime().availableProcessors(),
                          middle(cores) * 1e6 / rounds.median("leftfold")));
      rows.accept(row);
    }
  }

  private static double middle(List<Double> values) {
    values.sort(null);
    return values.get(values.size() / 2);
  }

  private double append(EventStore store, Duration time) throws InterruptedException {
    return Callers.call(
        callers,
        time,
        caller -> {
          var stream = stream(caller);
          var events = new Events(System.nanoTime() + caller);
          return () -> {
            var result = store.append(stream, ExpectedState.any(), events.next());
            if (result.position().isEmpty()) {
              throw new IllegalStateException("Nothing was appended");
            }
          };
        });
  }
}
