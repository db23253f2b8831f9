// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Contestant;
import io.leftfold.benchmarks.measure.Pace;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.benchmarks.toolkit.Accounts.Balance;
import io.leftfold.benchmarks.toolkit.Accounts.Book;
import io.leftfold.benchmarks.toolkit.Accounts.Booked;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.toolkit.Boundary;
import io.leftfold.toolkit.CommandHandler;
import io.leftfold.toolkit.HandlingOptions;
import io.leftfold.toolkit.Outcome;
import io.leftfold.toolkit.Snapshots;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// How long it takes until the state of a stream is there: folded from its first event, from a
/// snapshot, and from what is remembered; and what it costs to write a snapshot.
public final class LongStreams implements Benchmark {

  private static final String ACCOUNT = "a0";
  private static final StreamName STREAM = Accounts.stream(ACCOUNT);
  private static final StreamName SNAPSHOTS = StreamName.of("snapshots.accounts-" + STREAM);
  private static final int BEHIND_MAX = 50;

  private final int length;

  /// With a stream.
  ///
  /// @param length how many events it has
  public LongStreams(int length) {
    this.length = length;
  }

  /// How many events came since the snapshot.
  private int behind() {
    return Math.min(BEHIND_MAX, length / 2);
  }

  @Override
  public String name() {
    return "load-" + length;
  }

  @Override
  public String question() {
    return "How long does it take to have the state of a stream of %,d events: folded, from a snapshot %d events back, and remembered?"
        .formatted(length, behind());
  }

  @Override
  public String sketch() {
    return "reading and parsing is some 2 µs an event; a snapshot is one more read, and what is remembered one read of nothing";
  }

  private static CommandHandler<Book, Balance, Booked, String> snapshotting(EventStore store) {
    var snapshots = Snapshots.of("accounts", 1, Accounts.BALANCE).everyEvents(1);
    return Accounts.handler(store).with(snapshots);
  }

  private static HandlingOptions remembering() {
    return HandlingOptions.defaults().withRememberedStatesMax(10);
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    try (var store = LocalEventStore.open(settings.directory().resolve("store"))) {
      Accounts.append(store, Accounts.events(length - behind() - 1, 1));
      book(snapshotting(store)); // writes the snapshot
      Accounts.append(store, Accounts.events(behind(), 1));
      var first = new Reading(STREAM, ReadOptions.forwards());
      var newest = new Reading(SNAPSHOTS, ReadOptions.backwards().limit(1));
      var tail = new Reading(STREAM, ReadOptions.forwards().from(length - behind()));
      var nothing = new Reading(STREAM, ReadOptions.forwards().from(length));
      var rounds =
          new Rounds(settings)
              .with("folded", loads(Accounts.handler(store)))
              .with("all events", reads(store, List.of(first), length))
              .with("snapshot", loads(snapshotting(store)))
              .with("snapshot and tail", reads(store, List.of(newest, tail), behind() + 1))
              .with("remembered", loads(Accounts.handler(store).with(remembering())))
              .with("nothing", reads(store, List.of(nothing), 0))
              .run();
      rows.accept(row("folded", rounds, "all events", "reading the events, and nothing else"));
      rows.accept(
          row(
              "snapshot",
              rounds,
              "snapshot and tail",
              "reading the snapshot and the %d events behind it".formatted(behind())));
      rows.accept(row("remembered", rounds, "nothing", "reading that there is nothing new"));
      rows.accept(writing(store, settings));
    }
  }

  private Row row(String name, Rounds rounds, String limit, String limitMeans) {
    return new Row(
        "%s-%s".formatted(name(), name),
        rounds.median(name),
        "µs",
        rounds.median(limit),
        limitMeans,
        rounds.ratio(limit, name),
        new Asked.Nothing(),
        Map.of(),
        List.of());
  }

  /// Durable commands, with a snapshot each and without.
  private Row writing(EventStore store, Settings settings) throws Exception {
    var with = snapshotting(store).with(remembering());
    var without = Accounts.handler(store).with(remembering());
    var rounds =
        new Rounds(settings)
            .with("writing", time -> micros(Pace.perSecond(time, () -> book(with))))
            .with("without", time -> micros(Pace.perSecond(time, () -> book(without))))
            .run();
    return row("writing", rounds, "without", "the same command without a snapshot");
  }

  private static long book(CommandHandler<Book, Balance, Booked, String> handler) {
    if (!(handler.handle(new Book(ACCOUNT, 1)) instanceof Outcome.Accepted)) {
      throw new IllegalStateException("It was not accepted");
    }
    return 1;
  }

  private static double micros(double perSecond) {
    return 1e6 / perSecond;
  }

  private Contestant loads(CommandHandler<Book, Balance, Booked, String> handler) {
    var boundary = Boundary.<Booked>stream(STREAM);
    return time ->
        micros(
            Pace.perSecond(
                time,
                () -> {
                  require(length, handler.state(boundary).bookings());
                  return 1;
                }));
  }

  private record Reading(StreamName stream, ReadOptions options) {
    long count(EventStore store) {
      try (var events = store.read(stream, options)) {
        return events.stream().count();
      }
    }
  }

  private static Contestant reads(EventStore store, List<Reading> readings, int events) {
    return time ->
        micros(
            Pace.perSecond(
                time,
                () -> {
                  require(
                      events, readings.stream().mapToLong(reading -> reading.count(store)).sum());
                  return 1;
                }));
  }

  private static void require(long expected, long found) {
    if (found != expected) {
      throw new IllegalStateException("%d events expected, found %d".formatted(expected, found));
    }
  }
}
