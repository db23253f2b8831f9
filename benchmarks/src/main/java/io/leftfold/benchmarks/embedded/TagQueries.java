// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.engine.Durability;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import java.util.ArrayList;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// Ten events by one tag and one type, out of a million events of two types; beside the same ten
/// events as a stream.
public final class TagQueries implements Benchmark {

  private static final int ACCOUNTS = 50_000;
  private static final int EVENTS = 10;
  private static final String OTHER_TYPE = "MoneyWithdrawn";

  private final int callers;

  /// With a number of callers in flight.
  ///
  /// @param callers how many
  public TagQueries(int callers) {
    this.callers = callers;
  }

  @Override
  public String name() {
    return "dcb-query-" + callers;
  }

  @Override
  public String question() {
    return "How many queries by one tag and one type are answered, %d in flight, ten events each?"
        .formatted(callers);
  }

  @Override
  public String sketch() {
    return "leaping along 20 and 500,000 positions, and ten reads of 350 bytes";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var accounts = settings.scaled(ACCOUNTS);
    var options = EngineOptions.defaults().withDurability(Durability.OS);
    try (var store = LocalEventStore.open(settings.directory().resolve("store"), options)) {
      populate(store, accounts);
      var rounds =
          new Rounds(settings)
              .with(
                  "leftfold",
                  time ->
                      Callers.call(
                          callers,
                          time,
                          caller -> {
                            var random = new SplittableRandom(caller);
                            return () -> {
                              var query =
                                  Query.of(
                                      Query.tagged(tag(random.nextInt(accounts)))
                                          .ofTypes(Events.TYPE));
                              count(store.read(query, ReadOptions.forwards()));
                            };
                          }))
              .with(
                  "limit",
                  time ->
                      Callers.call(
                          callers,
                          time,
                          caller -> {
                            var random = new SplittableRandom(caller);
                            return () -> {
                              var stream = stream(Events.TYPE, random.nextInt(accounts));
                              count(store.read(stream, ReadOptions.forwards()));
                            };
                          }))
              .run();
      rows.accept(
          Row.of(
                  name(),
                  "queries/s",
                  rounds,
                  "Leftfold, reading the same ten events as a stream",
                  new Asked.Nothing())
              .withRemark("%,d events".formatted(store.stats().events())));
    }
  }

  private static Tag tag(int account) {
    return Tag.of("account", Integer.toString(account));
  }

  private static StreamName stream(String type, int account) {
    return StreamName.of("%s-%06d".formatted(type, account));
  }

  /// As far apart as can be: the first events of all accounts, then the second ones, and so on.
  private static void populate(EventStore store, int accounts) {
    var events = new Events(4);
    for (var pass = 0; pass < EVENTS; pass++) {
      var commit = new ArrayList<StreamAppend>();
      for (var account = 0; account < accounts; account++) {
        var deposited = events.next().withTags(tag(account));
        var withdrawn =
            new ProposedEvent(
                events.next().id(),
                OTHER_TYPE,
                deposited.contentType(),
                deposited.data(),
                deposited.metadata(),
                deposited.tags());
        commit.add(StreamAppend.of(stream(Events.TYPE, account), ExpectedState.any(), deposited));
        commit.add(StreamAppend.of(stream(OTHER_TYPE, account), ExpectedState.any(), withdrawn));
        if (commit.size() == 1000 || account == accounts - 1) {
          store.append(commit);
          commit.clear();
        }
      }
    }
  }

  private static void count(EventRead read) {
    var count = 0;
    try (read) {
      for (var event : read) {
        count += event.original().data().length > 0 ? 1 : 0;
      }
    }
    if (count != EVENTS) {
      throw new IllegalStateException("%d events expected, found %d".formatted(EVENTS, count));
    }
  }
}
