// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import io.leftfold.api.EventStore;
import io.leftfold.toolkit.CommandHandler;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.HandlingOptions;
import io.leftfold.toolkit.Outcome;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Optional;

/// The bank on a store: in memory, in a directory or far away, for it is the same interface.
final class Bank {

  /// Of many who want the same account at once, one may be too late a number of times.
  private static final HandlingOptions OPTIONS =
      HandlingOptions.defaults().withAttemptsMax(200).withRememberedStatesMax(10_000);

  private final Clock clock;
  private final CommandHandler<BankCommand, Books, BankEvent, Refusal> accounts;

  private Bank(EventStore store, Clock clock) {
    this.clock = clock;
    this.accounts =
        CommandHandler.of(store, Accounts.DECIDER, Accounts.EVENTS, Accounts::boundary)
            .with(OPTIONS);
  }

  static Bank on(EventStore store, Clock clock) {
    return new Bank(store, clock);
  }

  LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), clock.getZone());
  }

  /// Does what somebody wants, once, however often it is given with this id.
  Outcome<BankEvent, Refusal> handle(CommandId id, BankCommand command) {
    return accounts.handle(id, command);
  }

  /// An account as it is now.
  Optional<Account> account(String account) {
    var books = accounts.state(Accounts.boundary(account));
    return books.has(account) ? Optional.of(books.of(account)) : Optional.empty();
  }
}
