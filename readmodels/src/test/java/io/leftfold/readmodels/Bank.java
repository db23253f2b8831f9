// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.StreamName;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.States;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/// A bank, and the overview of its accounts: one projection for every kind of read model. Owners
/// and texts are what somebody who means ill would write.
public final class Bank {

  /// The projection's name.
  public static final String NAME = "overview";

  private static final List<String> OWNERS =
      List.of("Ann \"A.\" Other", "<script>alert(1)</script>", "=1+1", "Zoë, O'Neil & Söhne");

  private Bank() {}

  /// What happens at the bank.
  public sealed interface BankEvent {

    /// Whose account.
    ///
    /// @return its number
    String account();

    /// An account.
    record Opened(String account, String owner) implements BankEvent {}

    /// Money came or went.
    record Booked(String account, LocalDate day, long cents, String text) implements BankEvent {}

    /// Money went to another account here, on which it is booked.
    record Transferred(String account, String to, LocalDate day, long cents) implements BankEvent {}
  }

  /// How their events are stored.
  public static final EventTypes<BankEvent> EVENTS =
      EventTypes.of(BankEvent.class)
          .type("Opened", 1, BankEvent.Opened.class, JsonBinding.jackson(BankEvent.Opened.class))
          .type("Booked", 1, BankEvent.Booked.class, JsonBinding.jackson(BankEvent.Booked.class))
          .type(
              "Transferred",
              1,
              BankEvent.Transferred.class,
              JsonBinding.jackson(BankEvent.Transferred.class))
          .build();

  /// A booking, as an account shows it.
  public record Line(LocalDate day, long cents, String text) {}

  /// An account, as readers see it.
  public record Account(String owner, long cents, List<Line> lines) {
    static final Account NONE = new Account("", 0, List.of());

    private Account with(BankEvent event) {
      return switch (event) {
        case BankEvent.Opened opened -> new Account(opened.owner(), cents, lines);
        case BankEvent.Booked(_, var day, var change, var text) ->
            booked(new Line(day, change, text));
        case BankEvent.Transferred(_, var to, var day, var amount) ->
            booked(new Line(day, -amount, "to " + to));
      };
    }

    private Account booked(Line line) {
      var more = new ArrayList<>(lines);
      more.add(line);
      return new Account(owner, cents + line.cents(), List.copyOf(more));
    }
  }

  /// Between accounts and JSON.
  public static final JsonBinding<Account> BINDING = JsonBinding.jackson(Account.class);

  /// The overview.
  ///
  /// @param version of the projection
  /// @return the same fold for each
  public static Projection<BankEvent, States<Account>> overview(int version) {
    return Projection.<BankEvent, Account>folding(
            NAME, version, EVENTS, Account.NONE, Account::with)
        .partitionedBy((event, _) -> event.account());
  }

  /// Opens accounts.
  ///
  /// @param store where
  /// @param accounts how many
  public static void open(EventStore store, int accounts) {
    for (var account = 0; account < accounts; account++) {
      append(store, new BankEvent.Opened("" + account, OWNERS.get(account % OWNERS.size())));
    }
  }

  /// Books from one number up to another, in turn on as many accounts.
  ///
  /// @param store where
  /// @param accounts that are open
  /// @param from the first number
  /// @param to behind the last one
  public static void book(EventStore store, int accounts, int from, int to) {
    for (var number = from; number < to; number++) {
      append(
          store,
          new BankEvent.Booked(
              "" + number % accounts,
              LocalDate.of(2026, 1, 1).plusDays(number * 5L),
              number % 3 == 0 ? -number : 10L * number,
              "no. " + number));
    }
  }

  /// Moves money from one account to another.
  ///
  /// @param store where
  /// @param account from which
  /// @param to the other
  /// @param cents how much
  public static void transfer(EventStore store, String account, String to, long cents) {
    var day = LocalDate.of(2026, 7, 17);
    append(store, new BankEvent.Transferred(account, to, day, cents));
    append(store, new BankEvent.Booked(to, day, cents, "from " + account));
  }

  private static void append(EventStore store, BankEvent event) {
    store.append(
        StreamName.of("account-" + event.account()), ExpectedState.any(), EVENTS.encode(event));
  }
}
