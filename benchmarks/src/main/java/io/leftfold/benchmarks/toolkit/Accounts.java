// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.toolkit.Boundary;
import io.leftfold.toolkit.CommandHandler;
import io.leftfold.toolkit.Decider;
import io.leftfold.toolkit.Decision;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.JsonBinding;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/// Accounts that are booked on: events of some 256 bytes of JSON, with a tag.
final class Accounts {

  private static final int COMMIT_EVENTS = 1_000;
  private static final String TEXT = "some text ".repeat(20);

  /// What is wanted, and may not leave less than nothing.
  record Book(String account, long cents) {}

  record Booked(String account, long cents, String text) {}

  record Balance(long cents, long bookings) {
    static final Balance NOTHING = new Balance(0, 0);

    Balance plus(Booked booked) {
      return new Balance(cents + booked.cents(), bookings + 1);
    }
  }

  static final JsonBinding<Balance> BALANCE = JsonBinding.jackson(Balance.class);

  static final Decider<Book, Balance, Booked, String> DECIDER =
      Decider.of(
          Balance.NOTHING,
          (command, balance) ->
              balance.cents() + command.cents() < 0
                  ? Decision.reject("overdrawn")
                  : Decision.accept(booked(command.account(), command.cents())),
          Balance::plus);

  static final EventTypes<Booked> EVENTS =
      EventTypes.of(Booked.class)
          .type("Booked", 1, Booked.class, JsonBinding.jackson(Booked.class))
          .tagged(event -> List.of(Tag.of("account", event.account())))
          .build();

  private Accounts() {}

  static Booked booked(String account, long cents) {
    return new Booked(account, cents, TEXT);
  }

  /// When something was booked: one of a hundred days.
  static LocalDate day(Booked booked) {
    return LocalDate.ofYearDay(2026, 1 + (int) booked.cents());
  }

  static StreamName stream(String account) {
    return StreamName.of("account-" + account);
  }

  static CommandHandler<Book, Balance, Booked, String> handler(EventStore store) {
    return CommandHandler.of(
        store, DECIDER, EVENTS, command -> Boundary.stream(stream(command.account())));
  }

  /// So many events, of one account after the other.
  static List<Booked> events(int count, int accounts) {
    var events = new ArrayList<Booked>(count);
    for (var i = 0; i < count; i++) {
      events.add(booked("a" + i % accounts, i % 100));
    }
    return events;
  }

  /// Appends events, each to its account.
  static void append(EventStore store, List<Booked> events) {
    for (var from = 0; from < events.size(); from += COMMIT_EVENTS) {
      var commit = new ArrayList<StreamAppend>();
      for (var event : events.subList(from, Math.min(from + COMMIT_EVENTS, events.size()))) {
        commit.add(
            StreamAppend.of(stream(event.account()), ExpectedState.any(), EVENTS.encode(event)));
      }
      store.append(commit);
    }
  }
}
