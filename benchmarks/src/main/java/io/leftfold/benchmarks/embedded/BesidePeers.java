// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.StreamName;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.engine.LocalEventStore;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// Durable appends and ten-event reads of Leftfold and of what people would use instead, each with
/// the same events in it already.
public final class BesidePeers implements Benchmark {

  private static final int[] CALLERS = {1, 64};

  private final String size;
  private final int streams;

  /// With a number of events in each store.
  ///
  /// @param size as the name has it
  /// @param streams of ten events each
  public BesidePeers(String size, int streams) {
    this.size = size;
    this.streams = streams;
  }

  @Override
  public String name() {
    return "peers-" + size;
  }

  @Override
  public String question() {
    return "How do appends and reads compare with SQLite, RocksDB and MVStore, %,d events in each?"
        .formatted(streams * Population.STREAM_EVENTS);
  }

  @Override
  public String sketch() {
    return "the appends wait for the same disk; a read is a search and ten events; filling takes minutes";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var directory = settings.directory();
    var population = new Population(settings.scaled(streams));
    try (var store = LocalEventStore.open(directory.resolve("store"))) {
      population.appendTo(store);
      appendAndRead(settings, store, population, rows);
    }
  }

  private void appendAndRead(
      Settings settings, EventStore store, Population population, Consumer<Row> rows)
      throws Exception {
    var directory = settings.directory();
    try (var sqlite = new Sqlite(directory.resolve("sqlite"));
        var rocks = new RocksDb(directory.resolve("rocks"));
        var mvStore = new MvStore(directory.resolve("mvstore"));
        var arena = Arena.ofShared()) {
      var peers = List.<Peer>of(sqlite, rocks, mvStore);
      for (var peer : peers) {
        population.insertInto(peer);
      }
      var places = new Places(LogLayout.map(directory.resolve("store"), arena));
      rows.accept(reads(settings, store, population, peers, places));
      for (var callers : CALLERS) {
        rows.accept(appends(settings, store, peers, callers, directory));
      }
    }
  }

  private Row reads(
      Settings settings, EventStore store, Population population, List<Peer> peers, Places places)
      throws Exception {
    var rounds = RandomReads.rounds(settings, store, population, places, peers);
    return withPeers(
        Row.of(
            name() + "-read",
            "streams/s",
            rounds.run(),
            "a hash table and ten copies out of the mapped files, each with its CRC-32C",
            new Asked.Nothing()),
        rounds,
        peers,
        1);
  }

  private Row appends(
      Settings settings, EventStore store, List<Peer> peers, int callers, Path directory)
      throws Exception {
    var bytes = callers * LogLayout.commitBytes(stream(0), 1);
    try (var disk = RawWriter.inZeros(directory.resolve("raw-" + callers), bytes)) {
      var rounds =
          new Rounds(settings)
              .with("leftfold", time -> append(store, callers, time))
              .with("limit", time -> callers * disk.work(time));
      for (var peer : peers) {
        rounds.with(peer.describe(), time -> append(peer, callers, time));
      }
      return withPeers(
          Row.of(
              "%s-append-%d".formatted(name(), callers),
              "events/s",
              rounds.run(),
              "%d ÷ the time to write and sync %d bytes in a zero-filled file"
                  .formatted(callers, bytes),
              new Asked.Nothing()),
          rounds,
          peers,
          callers);
    }
  }

  private static Row withPeers(Row row, Rounds rounds, List<Peer> peers, int callers) {
    var shown = row;
    for (var peer : peers) {
      var name = peer.describe();
      if (callers > 1) {
        name += ", %d callers".formatted(Math.min(callers, peer.callersMax()));
      }
      shown = shown.withPeer(name, rounds.median(peer.describe()));
    }
    return shown;
  }

  private static StreamName stream(int caller) {
    return StreamName.of("account-" + (1_000_000 + caller));
  }

  private static double append(EventStore store, int callers, Duration time)
      throws InterruptedException {
    return Callers.call(
        callers,
        time,
        caller -> {
          var stream = stream(caller);
          var events = new Events(System.nanoTime() + caller);
          return () -> store.append(stream, ExpectedState.any(), events.next());
        });
  }

  /// On threads of the system: a call into a native library would hold up all virtual ones.
  private static double append(Peer peer, int callers, Duration time) throws InterruptedException {
    return Callers.call(
        Thread.ofPlatform().factory(),
        Math.min(callers, peer.callersMax()),
        time,
        caller -> {
          var stream = stream(caller);
          return () -> peer.append(stream);
        });
  }
}
