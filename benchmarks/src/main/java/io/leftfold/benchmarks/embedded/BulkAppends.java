// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.engine.LocalEventStore;
import java.util.List;
import java.util.function.Consumer;

/// Commits of 1,000 events, as an import makes them.
public final class BulkAppends implements Benchmark {

  private static final int COMMIT_EVENTS = 1000;
  private static final double ASKED = 0.6;

  private final int callers;

  /// With a number of commits in flight.
  ///
  /// @param callers how many
  public BulkAppends(int callers) {
    this.callers = callers;
  }

  @Override
  public String name() {
    return "bulk-" + callers;
  }

  @Override
  public String question() {
    return "How much of the disk's bandwidth do commits of %,d events use, %d in flight?"
        .formatted(COMMIT_EVENTS, callers);
  }

  @Override
  public String sketch() {
    return "a commit is 330 KB; encoding, checking and indexing it takes 0.4 ms, writing and syncing it as much or more";
  }

  private static StreamName stream(int caller) {
    return StreamName.of("account-" + (1000 + caller));
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var directory = settings.directory();
    var commitBytes = LogLayout.commitBytes(stream(0), COMMIT_EVENTS);
    try (var store = LocalEventStore.open(directory.resolve("store"));
        var disk = RawWriter.inNewSpace(directory.resolve("raw"), callers * commitBytes);
        var zeros = RawWriter.inZeros(directory.resolve("zeros"), callers * commitBytes);
        var sqlite = new Sqlite(directory.resolve("sqlite"))) {
      var rounds =
          new Rounds(settings)
              .with(
                  "leftfold",
                  time ->
                      COMMIT_EVENTS
                          * Callers.call(
                              callers,
                              time,
                              caller -> {
                                var stream = stream(caller);
                                var events = new Events(System.nanoTime() + caller);
                                return () ->
                                    store.append(
                                        List.of(
                                            new StreamAppend(
                                                stream,
                                                ExpectedState.any(),
                                                events.next(COMMIT_EVENTS))));
                              }))
              .with("limit", time -> callers * COMMIT_EVENTS * disk.work(time))
              .with("zeros", time -> callers * COMMIT_EVENTS * zeros.work(time))
              .with(
                  "sqlite",
                  time ->
                      COMMIT_EVENTS
                          * Callers.call(
                              1,
                              time,
                              _ ->
                                  () -> {
                                    for (var i = 0; i < COMMIT_EVENTS; i++) {
                                      sqlite.insert(stream(0));
                                    }
                                    sqlite.commit();
                                  }))
              .run();
      rows.accept(
          Row.of(
                  name(),
                  "events/s",
                  rounds,
                  "writing and syncing %,d bytes at a time in a file that gets longer"
                      .formatted(callers * commitBytes),
                  new Asked.Share(ASKED))
              .withPeer("the same over and over in blocks written before", rounds.median("zeros"))
              .withPeer("SQLite WAL FULL, a transaction a commit", rounds.median("sqlite"))
              .withRemark(
                  "%.0f MB/s of %.0f MB/s"
                      .formatted(
                          rounds.median("leftfold") / COMMIT_EVENTS * commitBytes / 1e6,
                          rounds.median("limit") / COMMIT_EVENTS * commitBytes / 1e6)));
    }
  }
}
