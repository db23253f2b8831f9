// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.deciding;

import static io.leftfold.toolkit.Decision.accept;
import static io.leftfold.toolkit.Decision.reject;

import io.leftfold.api.EventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.toolkit.Boundary;
import io.leftfold.toolkit.CommandHandler;
import io.leftfold.toolkit.Decider;
import io.leftfold.toolkit.Decision;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.EventCodec;
import io.leftfold.toolkit.HandlingOptions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// A bank to fight over: each account has a stream, its events are tagged with the account, and
/// those that open one with its number, which no two accounts share.
final class Bank {

  private Bank() {}

  sealed interface BankCommand {}

  record Open(String account, String iban) implements BankCommand {}

  record Deposit(String account, long amount) implements BankCommand {}

  record Withdraw(String account, long amount) implements BankCommand {}

  record Transfer(String from, String to, long amount) implements BankCommand {}

  sealed interface BankEvent {
    String account();
  }

  record Opened(String account, String iban) implements BankEvent {}

  record Deposited(String account, long amount) implements BankEvent {}

  record Withdrawn(String account, long amount) implements BankEvent {}

  enum Refusal {
    NO_SUCH_ACCOUNT,
    OPEN_ALREADY,
    IBAN_IS_TAKEN,
    OVERDRAWN
  }

  /// What is known of the accounts in a boundary.
  record Books(Map<String, Long> balances, Set<String> ibans) {
    static final Books EMPTY = new Books(Map.of(), Set.of());

    Books {
      balances = Map.copyOf(balances);
      ibans = Set.copyOf(ibans);
    }

    boolean has(String account) {
      return balances.containsKey(account);
    }

    long balance(String account) {
      return balances.getOrDefault(account, 0L);
    }

    Books moved(String account, long amount) {
      var moved = new HashMap<>(balances);
      moved.merge(account, amount, Long::sum);
      return new Books(moved, ibans);
    }

    Books opened(String account, String iban) {
      var taken = new HashSet<>(ibans);
      taken.add(iban);
      return new Books(moved(account, 0).balances, taken);
    }
  }

  static final Decider<BankCommand, Books, BankEvent, Refusal> DECIDER =
      Decider.of(Books.EMPTY, Bank::decide, Bank::evolve);

  static final EventCodec<BankEvent> CODEC = EventCodec.of(Bank::encode, Bank::decode);

  static CommandHandler<BankCommand, Books, BankEvent, Refusal> on(EventStore store) {
    // Of 32 who want the same three accounts, one may be too late 20 times by chance.
    return CommandHandler.of(store, DECIDER, CODEC, Bank::boundary)
        .with(HandlingOptions.defaults().withAttemptsMax(1_000));
  }

  static Boundary<BankEvent> boundary(BankCommand command) {
    return switch (command) {
      case Open(var account, var iban) -> accounts(ofAccount(account), Query.tagged(ofIban(iban)));
      case Deposit(var account, _) -> Boundary.stream(stream(account));
      case Withdraw(var account, _) -> Boundary.stream(stream(account));
      case Transfer(var from, var to, _) -> accounts(ofAccount(from), ofAccount(to));
    };
  }

  private static Boundary<BankEvent> accounts(Query.Item... items) {
    return Boundary.query(Query.of(items), event -> stream(event.account()));
  }

  static Query.Item ofAccount(String account) {
    return Query.tagged(Tag.of("account", account));
  }

  private static Tag ofIban(String iban) {
    return Tag.of("iban", iban);
  }

  static StreamName stream(String account) {
    return StreamName.of("account-" + account);
  }

  private static Decision<BankEvent, Refusal> decide(BankCommand command, Books books) {
    return switch (command) {
      case Open(var account, _) when books.has(account) -> reject(Refusal.OPEN_ALREADY);
      case Open(_, var iban) when books.ibans().contains(iban) -> reject(Refusal.IBAN_IS_TAKEN);
      case Open(var account, var iban) -> accept(new Opened(account, iban));
      case Deposit(var account, _) when !books.has(account) -> reject(Refusal.NO_SUCH_ACCOUNT);
      case Deposit(var account, var amount) -> accept(new Deposited(account, amount));
      case Withdraw(var account, _) when !books.has(account) -> reject(Refusal.NO_SUCH_ACCOUNT);
      case Withdraw(var account, var amount) when amount > books.balance(account) ->
          reject(Refusal.OVERDRAWN);
      case Withdraw(var account, var amount) -> accept(new Withdrawn(account, amount));
      case Transfer(var from, var to, _) when !books.has(from) || !books.has(to) ->
          reject(Refusal.NO_SUCH_ACCOUNT);
      case Transfer(var from, _, var amount) when amount > books.balance(from) ->
          reject(Refusal.OVERDRAWN);
      case Transfer(var from, var to, var amount) ->
          accept(new Withdrawn(from, amount), new Deposited(to, amount));
    };
  }

  static Books evolve(Books books, BankEvent event) {
    return switch (event) {
      case Opened(var account, var iban) -> books.opened(account, iban);
      case Deposited(var account, var amount) -> books.moved(account, amount);
      case Withdrawn(var account, var amount) -> books.moved(account, -amount);
    };
  }

  private static ProposedEvent encode(BankEvent event) {
    var account = Tag.of("account", event.account());
    return switch (event) {
      case Opened(var name, var iban) ->
          event("AccountOpened", name, iban).withTags(account, ofIban(iban));
      case Deposited(var name, var amount) ->
          event("MoneyDeposited", name, Long.toString(amount)).withTags(account);
      case Withdrawn(var name, var amount) ->
          event("MoneyWithdrawn", name, Long.toString(amount)).withTags(account);
    };
  }

  private static ProposedEvent event(String type, String account, String detail) {
    return ProposedEvent.json(type, "\"%s %s\"".formatted(account, detail));
  }

  private static Decoded<BankEvent> decode(RecordedEvent event) {
    var words = event.dataAsText().replace("\"", "").split(" ", 2);
    return switch (event.type()) {
      case "AccountOpened" -> Decoded.known(new Opened(words[0], words[1]));
      case "MoneyDeposited" -> Decoded.known(new Deposited(words[0], Long.parseLong(words[1])));
      case "MoneyWithdrawn" -> Decoded.known(new Withdrawn(words[0], Long.parseLong(words[1])));
      default -> Decoded.unknown(event);
    };
  }
}
