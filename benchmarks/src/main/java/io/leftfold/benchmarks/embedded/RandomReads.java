// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.engine.Durability;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/// Streams of ten events, at random, out of a million events in a hundred thousand streams.
public final class RandomReads implements Benchmark {

  private static final int STREAMS = 100_000;
  private static final double ASKED = 100_000;

  /// Makes the benchmark.
  public RandomReads() {}

  @Override
  public String name() {
    return "random-reads";
  }

  @Override
  public String question() {
    return "How many streams of ten events does one thread read, out of a million events?";
  }

  @Override
  public String sketch() {
    return "one posting list and ten reads of 330 bytes, each where no cache expects it: 10 × 0.3 µs";
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
      var places = new Places(LogLayout.map(directory.resolve("store"), arena));
      var rounds = rounds(settings, store, population, places, List.of(sqlite)).run();
      rows.accept(
          Row.of(
                  name(),
                  "streams/s",
                  rounds,
                  "a hash table and ten copies out of the mapped files, each with its CRC-32C",
                  new Asked.Figure(ASKED))
              .withPeer("SQLite, select by stream", rounds.median(sqlite.describe()))
              .withRemark("%.2f µs a stream".formatted(1e6 / rounds.median("leftfold"))));
    }
  }

  /// Rounds in which Leftfold, the limit and peers read streams of a population, all of which hold
  /// it.
  static Rounds rounds(
      Settings settings,
      EventStore store,
      Population population,
      Places places,
      List<? extends Peer> peers) {
    var random = new SplittableRandom(5);
    IntSupplier any = () -> random.nextInt(population.streamCount());
    var rounds =
        new Rounds(settings)
            .with(
                "leftfold", time -> perSecond(time, () -> read(store, population, any.getAsInt())))
            .with(
                "limit",
                time ->
                    perSecond(time, () -> places.read(population.stream(any.getAsInt()).value())));
    for (var peer : peers) {
      rounds.with(
          peer.describe(),
          time -> perSecond(time, () -> peer.read(population.stream(any.getAsInt()))));
    }
    return rounds;
  }

  /// Reads one stream.
  @FunctionalInterface
  private interface Reading {
    int go() throws Exception;
  }

  private static double perSecond(Duration time, Reading reading) throws Exception {
    var nanos = time.toNanos();
    var begin = System.nanoTime();
    var count = 0L;
    while (System.nanoTime() - begin < nanos) {
      var events = reading.go();
      if (events != Population.STREAM_EVENTS) {
        throw new IllegalStateException(
            "%d events expected, found %d".formatted(Population.STREAM_EVENTS, events));
      }
      count++;
    }
    return count * 1e9 / (System.nanoTime() - begin);
  }

  private static int read(EventStore store, Population population, int stream) {
    var count = 0;
    try (var read = store.read(population.stream(stream), ReadOptions.forwards())) {
      for (var resolved : read) {
        if (resolved.event().orElseThrow().revision() != count) {
          throw new IllegalStateException("Out of order");
        }
        count++;
      }
    }
    return count;
  }
}
