// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static io.leftfold.toolkit.Decision.accept;
import static io.leftfold.toolkit.Decision.reject;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;

/// Accounts to try things on: opened, filled, emptied, closed. What is stored is plain numbers.
final class Accounts {

  private Accounts() {}

  sealed interface AccountCommand {
    String account();
  }

  record Open(String account) implements AccountCommand {}

  record Deposit(String account, long amount) implements AccountCommand {}

  record Withdraw(String account, long amount) implements AccountCommand {}

  record Close(String account) implements AccountCommand {}

  sealed interface AccountEvent {}

  record Opened() implements AccountEvent {}

  record Deposited(long amount) implements AccountEvent {}

  record Withdrawn(long amount) implements AccountEvent {}

  record Closed() implements AccountEvent {}

  enum Refusal {
    NOT_OPEN,
    OPEN_ALREADY,
    OVERDRAWN
  }

  enum Phase {
    NONE,
    OPEN,
    CLOSED
  }

  record Account(Phase phase, long balance) {
    static final Account NONE = new Account(Phase.NONE, 0);
  }

  /// An account that is closed ends; what is left on it is paid out with the closing.
  static final Decider<AccountCommand, Account, AccountEvent, Refusal> DECIDER =
      Decider.of(Account.NONE, Accounts::decide, Accounts::evolve)
          .endingWhen(account -> account.phase() == Phase.CLOSED);

  static final EventCodec<AccountEvent> CODEC = EventCodec.of(Accounts::encode, Accounts::decode);

  static Boundary<AccountEvent> boundary(AccountCommand command) {
    return Boundary.stream(stream(command.account()));
  }

  static StreamName stream(String account) {
    return StreamName.of("account-" + account);
  }

  private static Decision<AccountEvent, Refusal> decide(AccountCommand command, Account account) {
    if (command instanceof Open) {
      return account.phase() == Phase.NONE ? accept(new Opened()) : reject(Refusal.OPEN_ALREADY);
    }
    if (account.phase() != Phase.OPEN) {
      return reject(Refusal.NOT_OPEN);
    }
    return switch (command) {
      case Open(_) -> reject(Refusal.OPEN_ALREADY);
      case Deposit(_, var amount) when amount == 0 -> accept();
      case Deposit(_, var amount) -> accept(new Deposited(amount));
      case Withdraw(_, var amount) when amount > account.balance() -> reject(Refusal.OVERDRAWN);
      case Withdraw(_, var amount) -> accept(new Withdrawn(amount));
      case Close(_) when account.balance() > 0 ->
          accept(new Withdrawn(account.balance()), new Closed());
      case Close(_) -> accept(new Closed());
    };
  }

  private static Account evolve(Account account, AccountEvent event) {
    return switch (event) {
      case Opened() -> new Account(Phase.OPEN, 0);
      case Deposited(var amount) -> new Account(account.phase(), account.balance() + amount);
      case Withdrawn(var amount) -> new Account(account.phase(), account.balance() - amount);
      case Closed() -> new Account(Phase.CLOSED, account.balance());
    };
  }

  private static ProposedEvent encode(AccountEvent event) {
    return switch (event) {
      case Opened() -> ProposedEvent.json("AccountOpened", "null");
      case Deposited(var amount) -> ProposedEvent.json("MoneyDeposited", Long.toString(amount));
      case Withdrawn(var amount) -> ProposedEvent.json("MoneyWithdrawn", Long.toString(amount));
      case Closed() -> ProposedEvent.json("AccountClosed", "null");
    };
  }

  private static Decoded<AccountEvent> decode(RecordedEvent event) {
    return switch (event.type()) {
      case "AccountOpened" -> Decoded.known(new Opened());
      case "MoneyDeposited" -> Decoded.known(new Deposited(Long.parseLong(event.dataAsText())));
      case "MoneyWithdrawn" -> Decoded.known(new Withdrawn(Long.parseLong(event.dataAsText())));
      case "AccountClosed" -> Decoded.known(new Closed());
      default -> Decoded.unknown(event);
    };
  }
}
