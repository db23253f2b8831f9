// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static io.leftfold.toolkit.Decision.accept;
import static io.leftfold.toolkit.Decision.reject;
import static io.leftfold.toolkit.JsonBinding.jackson;

import io.leftfold.api.Query;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.examples.bank.BankCommand.ConfirmPayment;
import io.leftfold.examples.bank.BankCommand.Debit;
import io.leftfold.examples.bank.BankCommand.Deposit;
import io.leftfold.examples.bank.BankCommand.OpenAccount;
import io.leftfold.examples.bank.BankCommand.OrderPayment;
import io.leftfold.examples.bank.BankCommand.PaymentEnd;
import io.leftfold.examples.bank.BankCommand.ReturnPayment;
import io.leftfold.examples.bank.BankCommand.SetCreditLine;
import io.leftfold.examples.bank.BankCommand.Transfer;
import io.leftfold.examples.bank.BankCommand.Withdraw;
import io.leftfold.examples.bank.BankEvent.AccountOpened;
import io.leftfold.examples.bank.BankEvent.Booking;
import io.leftfold.examples.bank.BankEvent.BookingReversed;
import io.leftfold.examples.bank.BankEvent.CreditLineSet;
import io.leftfold.examples.bank.BankEvent.MoneyDeposited;
import io.leftfold.examples.bank.BankEvent.MoneyWithdrawn;
import io.leftfold.examples.bank.BankEvent.PaymentConfirmed;
import io.leftfold.examples.bank.BankEvent.PaymentOrdered;
import io.leftfold.examples.bank.BankEvent.PaymentReturned;
import io.leftfold.examples.bank.BankEvent.TransferReceived;
import io.leftfold.examples.bank.BankEvent.TransferSent;
import io.leftfold.examples.bank.Payment.Phase;
import io.leftfold.examples.bank.Refusal.AccountExists;
import io.leftfold.examples.bank.Refusal.CreditInUse;
import io.leftfold.examples.bank.Refusal.IbanTaken;
import io.leftfold.examples.bank.Refusal.NoSuchAccount;
import io.leftfold.examples.bank.Refusal.NoSuchPayment;
import io.leftfold.examples.bank.Refusal.NotCovered;
import io.leftfold.examples.bank.Refusal.PaymentIsOver;
import io.leftfold.toolkit.Boundary;
import io.leftfold.toolkit.Decider;
import io.leftfold.toolkit.Decision;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.Personal;
import io.leftfold.toolkit.Snapshots;
import io.leftfold.toolkit.keys.Subject;
import java.util.List;

/// What commands do to accounts, what events make of them, on what a decision rests, and how events
/// are stored.
final class Accounts {

  private Accounts() {}

  static final Decider<BankCommand, Books, BankEvent, Refusal> DECIDER =
      Decider.of(Books.EMPTY, Accounts::decide, Accounts::evolve);

  private static Decision<BankEvent, Refusal> decide(BankCommand command, Books books) {
    for (var account : command.accounts()) {
      if (!books.has(account)) {
        return reject(new NoSuchAccount(account));
      }
    }
    return switch (command) {
      case OpenAccount(var account, _, _) when books.has(account) ->
          reject(new AccountExists(account));
      case OpenAccount(_, var iban, _) when books.ibans().contains(iban.value()) ->
          reject(new IbanTaken(iban.value()));
      case OpenAccount(var account, var iban, var owner) ->
          accept(new AccountOpened(account, iban.value(), Personal.of(owner)));

      case SetCreditLine set -> decideCredit(set, books.of(set.account()));

      case Deposit(var account, var cents, var valueDate, var text) ->
          accept(new MoneyDeposited(account, cents, valueDate, text));

      case Debit debit when debit.cents() > available(debit, books) ->
          reject(new NotCovered(debit.account(), debit.cents(), available(debit, books)));
      case Withdraw(var account, var cents, var today, var text) ->
          accept(new MoneyWithdrawn(account, cents, today, text));
      case Transfer(var from, var to, var cents, var today, var text) ->
          accept(
              new TransferSent(from, to, cents, today, text),
              new TransferReceived(to, from, cents, today, text));
      case OrderPayment(var account, var payment, var iban, var cents, var today, var text) ->
          accept(new PaymentOrdered(account, payment, iban.value(), cents, today, text));

      case PaymentEnd end when !books.payment().is(end.payment(), end.account()) ->
          reject(new NoSuchPayment(end.account(), end.payment()));
      case ConfirmPayment(var account, var name) ->
          ended(books.payment(), Phase.CONFIRMED, new PaymentConfirmed(account, name));
      case ReturnPayment(var account, var name, var today, var why) ->
          ended(
              books.payment(),
              Phase.RETURNED,
              new PaymentReturned(account, name, books.payment().cents(), today, why));
    };
  }

  private static long available(Debit debit, Books books) {
    return books.of(debit.account()).available(debit.today());
  }

  private static Decision<BankEvent, Refusal> decideCredit(SetCreditLine set, Account account) {
    var used = account.creditLine() - account.available(set.today());
    return set.cents() < used
        ? reject(new CreditInUse(set.account(), set.cents(), used))
        : accept(new CreditLineSet(set.account(), set.cents()));
  }

  /// A payment ends once, in one way. To be told the same again is no error.
  private static Decision<BankEvent, Refusal> ended(Payment payment, Phase end, BankEvent event) {
    if (payment.phase() == end) {
      return accept();
    }
    return payment.phase() == Phase.OPEN
        ? accept(event)
        : reject(new PaymentIsOver(payment.name(), payment.phase()));
  }

  /// Whether a command that was given before may have led to an event, its first: that says what
  /// the command says. What the bank itself adds may be something else by now: which day it is, and
  /// how a payment is named.
  static boolean mayHaveLedTo(BankCommand command, BankEvent event) {
    return switch (command) {
      case OpenAccount(var account, var iban, var owner) ->
          event instanceof AccountOpened(_, _, var known)
              && known.map(owner::equals).orElse(true)
              && event.equals(new AccountOpened(account, iban.value(), known));
      case SetCreditLine(var account, var cents, _) ->
          event.equals(new CreditLineSet(account, cents));
      case Deposit(var account, var cents, var day, var text) ->
          event.equals(new MoneyDeposited(account, cents, day, text));
      case Withdraw(var account, var cents, _, var text) ->
          event instanceof MoneyWithdrawn(_, _, var day, _)
              && event.equals(new MoneyWithdrawn(account, cents, day, text));
      case Transfer(var from, var to, var cents, _, var text) ->
          event instanceof TransferSent(_, _, _, var day, _)
              && event.equals(new TransferSent(from, to, cents, day, text));
      case OrderPayment(var account, _, var iban, var cents, _, var text) ->
          event instanceof PaymentOrdered(_, var name, _, _, var day, _)
              && event.equals(new PaymentOrdered(account, name, iban.value(), cents, day, text));
      case ConfirmPayment(var account, var name) ->
          event.equals(new PaymentConfirmed(account, name));
      case ReturnPayment(var account, var name, _, var why) ->
          event instanceof PaymentReturned(_, _, var cents, var day, _)
              && event.equals(new PaymentReturned(account, name, cents, day, why));
    };
  }

  static Books evolve(Books books, BankEvent event) {
    return switch (event) {
      case AccountOpened(var account, var iban, _) -> books.opened(account, Account.opened(iban));
      case CreditLineSet(var account, var cents) ->
          books.changed(account, before -> before.withCreditLine(cents));
      case MoneyDeposited(var account, var cents, var valueDate, _) ->
          books.changed(account, before -> before.credited(cents, valueDate));
      case MoneyWithdrawn(var account, var cents, var today, _) ->
          books.changed(account, before -> before.debited(cents, today));
      case TransferSent(var account, _, var cents, var today, _) ->
          books.changed(account, before -> before.debited(cents, today));
      case TransferReceived(var account, _, var cents, var today, _) ->
          books.changed(account, before -> before.credited(cents, today).on(today));
      case BookingReversed(var account, var change, var valueDate, _) ->
          books.changed(account, before -> before.credited(change, valueDate));
      case PaymentOrdered(var account, var payment, var iban, var cents, var today, _) ->
          books
              .changed(account, before -> before.debited(cents, today))
              .with(new Payment(payment, account, iban, cents, Phase.OPEN));
      case PaymentReturned(var account, var payment, var cents, var today, _) ->
          books
              .changed(account, before -> before.credited(cents, today).on(today))
              .ended(payment, Phase.RETURNED);
      case PaymentConfirmed(_, var payment) -> books.ended(payment, Phase.CONFIRMED);
    };
  }

  /// What was folded is kept in the store after so many events, and nobody folds those again.
  static final Snapshots<Books> SNAPSHOTS =
      Snapshots.of("accounts", 1, jackson(Books.class)).everyEvents(500);

  // ---- on what a decision rests

  /// One account is a stream. What concerns more than one thing rests on a query over tags, and is
  /// one commit nevertheless: nothing that matches comes in between. A query asks for no more than
  /// the decision does: who is paid only has to be there, and whatever happens to them meanwhile is
  /// in nobody's way.
  static Boundary<BankEvent> boundary(BankCommand command) {
    return switch (command) {
      case OpenAccount(var account, var iban, _) ->
          query(Query.tagged(accountTag(account)), Query.tagged(ibanTag(iban.value())));
      case Transfer(var from, var to, _, _, _) ->
          query(
              Query.tagged(accountTag(from)),
              Query.tagged(accountTag(to)).ofTypes("AccountOpened"));
      case PaymentEnd end -> payment(end.payment());
      case SetCreditLine _, Deposit _, Withdraw _, OrderPayment _ -> boundary(command.account());
    };
  }

  /// A payment is few events, however long the story of its account is.
  static Boundary<BankEvent> payment(String payment) {
    return query(Query.tagged(paymentTag(payment)));
  }

  static Boundary<BankEvent> boundary(String account) {
    return Boundary.stream(stream(account));
  }

  private static Boundary<BankEvent> query(Query.Item... items) {
    return Boundary.query(Query.of(items), event -> stream(event.account()));
  }

  static StreamName stream(String account) {
    return StreamName.of("account-" + account);
  }

  // ---- how events are stored

  /// The names are for ever, the classes are not. What is personal takes keys: `EVENTS.with(keys)`.
  static final EventTypes<BankEvent> EVENTS =
      EventTypes.of(BankEvent.class)
          .type("AccountOpened", 1, AccountOpened.class, jackson(AccountOpened.class))
          .type("CreditLineSet", 1, CreditLineSet.class, jackson(CreditLineSet.class))
          .type("MoneyDeposited", 1, MoneyDeposited.class, jackson(MoneyDeposited.class))
          .type("MoneyWithdrawn", 1, MoneyWithdrawn.class, jackson(MoneyWithdrawn.class))
          .type("TransferSent", 1, TransferSent.class, jackson(TransferSent.class))
          .type("TransferReceived", 1, TransferReceived.class, jackson(TransferReceived.class))
          .type("BookingReversed", 1, BookingReversed.class, jackson(BookingReversed.class))
          .type("PaymentOrdered", 1, PaymentOrdered.class, jackson(PaymentOrdered.class))
          .type("PaymentConfirmed", 1, PaymentConfirmed.class, jackson(PaymentConfirmed.class))
          .type("PaymentReturned", 1, PaymentReturned.class, jackson(PaymentReturned.class))
          .personal(AccountOpened.class, opened -> subject(opened.account()), "owner")
          .tagged(Accounts::tags)
          .build();

  /// Whose name the owner's is. It stays, as the account does.
  static Subject subject(String account) {
    return Subject.of(account);
  }

  /// What an event of an account says.
  static List<BankEvent> meaning(EventTypes<BankEvent> events, RecordedEvent event) {
    return switch (events.decode(event)) {
      case Decoded.Known<BankEvent>(var known) -> known;
      case Decoded.Unknown<BankEvent> unknown -> throw unknown.unreadable();
    };
  }

  private static List<Tag> tags(BankEvent event) {
    var account = accountTag(event.account());
    return switch (event) {
      case AccountOpened opened -> List.of(account, ibanTag(opened.iban()));
      case PaymentOrdered ordered -> List.of(account, paymentTag(ordered.payment()));
      case PaymentConfirmed confirmed -> List.of(account, paymentTag(confirmed.payment()));
      case PaymentReturned returned -> List.of(account, paymentTag(returned.payment()));
      case CreditLineSet _, Booking _ -> List.of(account);
    };
  }

  private static Tag accountTag(String account) {
    return Tag.of("account", account);
  }

  private static Tag paymentTag(String payment) {
    return Tag.of("payment", payment);
  }

  private static Tag ibanTag(String iban) {
    return Tag.of("iban", iban);
  }
}
