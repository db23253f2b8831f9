// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.benchmarks.embedded.Callers;
import io.leftfold.benchmarks.grpc.ServerProcess;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.benchmarks.toolkit.Accounts.Balance;
import io.leftfold.benchmarks.toolkit.Accounts.Book;
import io.leftfold.benchmarks.toolkit.Accounts.Booked;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.toolkit.CommandHandler;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.HandlingOptions;
import io.leftfold.toolkit.Outcome;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Commands through a decider, each of which leads to one event, beside appends of the same events
/// to the same store that expect a revision and read nothing. Callers do not meet each other: each
/// has an account of its own, and takes another one after ten commands.
public final class Deciding implements Benchmark {

  private static final int ACCOUNT_COMMANDS = 10;
  private static final int REMEMBERED = 100_000;
  private static final int WARM_UP_CALLERS = 64;
  private static final Duration WARM_UP = Duration.ofSeconds(6);
  private static final Duration WARM_UP_QUICK = Duration.ofMillis(500);

  /// Where the store is.
  public enum Where {
    /// In this process, in a directory.
    EMBEDDED,
    /// Behind a server in another process, over loopback and one client.
    REMOTE
  }

  private final AtomicLong accounts = new AtomicLong();
  private final Where where;
  private final int callers;

  /// With a number of callers in flight.
  ///
  /// @param where the store is
  /// @param callers how many
  public Deciding(Where where, int callers) {
    this.where = where;
    this.callers = callers;
  }

  @Override
  public String name() {
    return switch (where) {
      case EMBEDDED -> "decide-" + callers;
      case REMOTE -> "decide-remote-" + callers;
    };
  }

  @Override
  public String question() {
    return "How many commands a second go through a decider, %d in flight, beside bare appends of the same events?"
        .formatted(callers);
  }

  @Override
  public String sketch() {
    return switch (where) {
      case EMBEDDED ->
          "reading and folding 4.5 events and encoding one is some 20 µs of a processor, a sync hundreds, shared by all";
      case REMOTE -> "a read is one more round trip, so half, until a core is full";
    };
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var directory = settings.directory().resolve("store");
    switch (where) {
      case EMBEDDED -> {
        try (var store = LocalEventStore.open(directory)) {
          run(store, settings, rows);
        }
      }
      case REMOTE -> {
        try (var server = ServerProcess.store(directory, 0);
            var store =
                RemoteEventStore.connect(
                    "leftfold://127.0.0.1:%d?tls=false".formatted(server.port()))) {
          run(store, settings, rows);
        }
      }
    }
  }

  private void run(EventStore store, Settings settings, Consumer<Row> rows) throws Exception {
    var handler = Accounts.handler(store);
    var remembering = handler.with(HandlingOptions.defaults().withRememberedStatesMax(REMEMBERED));
    // One caller at a time would be through before the compiler is.
    var warmUp = settings.quick() ? WARM_UP_QUICK : WARM_UP;
    commands(WARM_UP_CALLERS, remembering, true, warmUp);
    appends(WARM_UP_CALLERS, store, warmUp);
    var rounds =
        new Rounds(settings)
            .with("leftfold", time -> commands(callers, handler, false, time))
            .with("limit", time -> appends(callers, store, time))
            .with("remembering", time -> commands(callers, remembering, false, time))
            .with("ids", time -> commands(callers, remembering, true, time))
            .run();
    rows.accept(
        Row.of(
                name(),
                "commands/s",
                rounds,
                "appends of the same events, expecting a revision that the caller knows",
                new Asked.Nothing())
            .withPeer("with remembered states", rounds.median("remembering"))
            .withPeer("with remembered states and command ids", rounds.median("ids"))
            .withRemark(
                "%.2f of the appends with remembered states, %.2f with command ids besides"
                    .formatted(
                        rounds.ratio("remembering", "limit"), rounds.ratio("ids", "limit"))));
  }

  private double commands(
      int count,
      CommandHandler<Book, Balance, Booked, String> handler,
      boolean hasIds,
      Duration time)
      throws InterruptedException {
    return Callers.call(
        count,
        time,
        _ -> {
          var place = new Place();
          return () -> {
            place.next();
            var command = new Book(place.account, 1);
            var outcome =
                hasIds
                    ? handler.handle(
                        CommandId.of("%s-%d".formatted(place.account, place.number)), command)
                    : handler.handle(command);
            if (!(outcome instanceof Outcome.Accepted)) {
              throw new IllegalStateException("%s was answered by %s".formatted(command, outcome));
            }
          };
        });
  }

  private double appends(int count, EventStore store, Duration time) throws InterruptedException {
    return Callers.call(
        count,
        time,
        _ -> {
          var place = new Place();
          return () -> {
            place.next();
            var expected =
                place.number == 0
                    ? ExpectedState.noStream()
                    : ExpectedState.atRevision(place.number - 1L);
            store.append(
                Accounts.stream(place.account),
                expected,
                Accounts.EVENTS.encode(Accounts.booked(place.account, 1)));
          };
        });
  }

  /// Where a caller is: in which account, and at which of its commands.
  private final class Place {
    private String account = "";
    private int number = ACCOUNT_COMMANDS - 1;

    void next() {
      number = (number + 1) % ACCOUNT_COMMANDS;
      if (number == 0) {
        account = Long.toString(accounts.incrementAndGet());
      }
    }
  }
}
