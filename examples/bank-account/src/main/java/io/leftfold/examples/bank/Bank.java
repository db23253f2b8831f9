// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.examples.bank.BankCommand.ReturnPayment;
import io.leftfold.examples.bank.BankEvent.AccountOpened;
import io.leftfold.examples.bank.BankEvent.Correctable;
import io.leftfold.examples.bank.Payments.GiveBack;
import io.leftfold.examples.bank.Payments.Instruct;
import io.leftfold.examples.bank.Payments.Order;
import io.leftfold.examples.bank.Refusal.AlreadyCorrected;
import io.leftfold.examples.bank.Refusal.IdIsTaken;
import io.leftfold.examples.bank.Refusal.NotReversible;
import io.leftfold.readmodels.SqlView;
import io.leftfold.toolkit.CommandHandler;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.Corrections;
import io.leftfold.toolkit.Erasure;
import io.leftfold.toolkit.ErasureReport;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.HandlingOptions;
import io.leftfold.toolkit.OnFailure;
import io.leftfold.toolkit.Outcome;
import io.leftfold.toolkit.Personal;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.keys.SubjectKeys;
import io.leftfold.toolkit.process.CommandTarget;
import io.leftfold.toolkit.process.ProcessOptions;
import io.leftfold.toolkit.process.ProcessRunner;
import io.leftfold.toolkit.process.Retries;
import io.leftfold.toolkit.process.RunningProcess;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import javax.sql.DataSource;

/// The bank on a store: in memory, in a directory or far away, for it is the same interface.
///
/// Commands, questions and corrections work from the beginning. The overview and the payments to
/// other banks go on by themselves between [#start] and [#close].
final class Bank implements AutoCloseable {

  /// Of many who want the same account at once, one may be too late a number of times.
  private static final HandlingOptions OPTIONS =
      HandlingOptions.defaults().withAttemptsMax(200).withRememberedStatesMax(10_000);

  private final EventStore store;
  private final Clock clock;
  private final EventTypes<BankEvent> events;
  private final CommandHandler<BankCommand, Books, BankEvent, Refusal> accounts;
  private final Corrections<BankEvent> corrections;
  private final ProcessRunner<BankEvent, Payments.State, Order> payments;
  private final Overview overview;
  private final Projector<BankEvent, SqlView> projector;
  private final Erasure erasure;
  private final List<RunningProcess> running = new ArrayList<>();

  private Bank(
      EventStore store,
      SubjectKeys keys,
      DataSource database,
      CommandTarget<Instruct> otherBank,
      Clock clock,
      Duration patience) {
    this.store = store;
    this.clock = clock;
    this.events = Accounts.EVENTS.with(keys);
    this.accounts =
        CommandHandler.of(store, Accounts.DECIDER, events, Accounts::boundary)
            .with(OPTIONS)
            .with(Accounts.SNAPSHOTS);
    this.corrections =
        Corrections.of(
            store,
            events,
            event -> correctable(List.of(event)).map(Correctable::reversed).toList());
    this.payments =
        ProcessRunner.of(
            store,
            Payments.process(patience),
            target(otherBank),
            clock,
            ProcessOptions.of(Retries.defaults(new Random())));
    this.overview = new Overview(database, keys);
    this.projector =
        Projector.of(
            store,
            overview.projection(events),
            overview.readModel(),
            FoldingOptions.defaults().with(OnFailure.SET_ASIDE));
    this.erasure = Erasure.of(store, keys);
  }

  /// A bank of which nothing runs by itself yet.
  ///
  /// @param store where its events are; it is not closed
  /// @param keys of what is personal in them; they are not closed
  /// @param database for the overview
  /// @param otherBank is told of payments
  /// @param clock says which day it is, in its zone, and when deadlines pass
  /// @param patience how long the other bank has to confirm a payment
  static Bank on(
      EventStore store,
      SubjectKeys keys,
      DataSource database,
      CommandTarget<Instruct> otherBank,
      Clock clock,
      Duration patience) {
    return new Bank(store, keys, database, otherBank, clock, patience);
  }

  private CommandTarget<Order> target(CommandTarget<Instruct> otherBank) {
    CommandTarget<BankCommand> account = CommandTarget.of(accounts, Refusal::message);
    return (id, order) ->
        switch (order) {
          case Instruct instruction -> otherBank.handle(id, instruction);
          case GiveBack(var name, var payment, var why) ->
              account.handle(id, new ReturnPayment(name, payment, today(), why));
        };
  }

  /// Finishes what was to be erased, and lets the overview and the payments go on by themselves.
  void start() {
    erasure.resume();
    projector.start();
    running.add(payments.start(Thread.ofVirtual().name("payments-", 0).factory()));
  }

  /// Ends what goes on by itself.
  @Override
  public void close() {
    running.forEach(RunningProcess::close);
    projector.close();
  }

  LocalDate today() {
    return dayOf(clock.instant());
  }

  LocalDate dayOf(Instant moment) {
    return LocalDate.ofInstant(moment, clock.getZone());
  }

  /// The last moment of a day, as stores count time.
  Instant endOf(LocalDate day) {
    return day.plusDays(1).atStartOfDay(clock.getZone()).toInstant().minus(1, ChronoUnit.MICROS);
  }

  // ---- what is wanted

  /// Does what somebody wants, once, however often it is given with this id. Something else is
  /// rejected under the same id, instead of being answered as if it was done.
  Outcome<BankEvent, Refusal> handle(CommandId id, BankCommand command) {
    var outcome = accounts.handle(id, command);
    return outcome instanceof Outcome.Accepted<BankEvent, Refusal>(_, var events, var repeated)
            && repeated
            && !Accounts.mayHaveLedTo(command, events.getFirst())
        ? new Outcome.Rejected<>(new IdIsTaken())
        : outcome;
  }

  /// Takes back a deposit or a withdrawal that was a mistake, and books what it should have been.
  /// Nothing is changed and nobody is asked: if the money is gone already, the account is
  /// overdrawn.
  ///
  /// @param position where the mistake is recorded
  /// @param cents what it should have been; empty if it should not have been at all
  Outcome<BankEvent, Refusal> correct(String account, long position, OptionalLong cents) {
    cents.ifPresent(BankCommand::requireAmount);
    var mistaken =
        store
            .eventAt(position)
            .filter(event -> event.stream().equals(Accounts.stream(account)))
            .flatMap(event -> correctable(Accounts.meaning(events, event)).findFirst());
    if (mistaken.isEmpty()) {
      return new Outcome.Rejected<>(new NotReversible(account, position));
    }
    var instead = cents.stream().mapToObj(mistaken.get()::of).toList();
    var corrected = corrections.correct(position, instead);
    var wanted = Stream.concat(Stream.of(mistaken.get().reversed()), instead.stream()).toList();
    if (!corrected.events().equals(wanted)) {
      return new Outcome.Rejected<>(new AlreadyCorrected(account, position));
    }
    return new Outcome.Accepted<>(corrected.position(), corrected.events(), corrected.repeated());
  }

  /// Forgets who owns an account, for ever and everywhere: in the events, in the overview, and in
  /// copies of both, for the name is sealed in all of them with the key that is destroyed. What is
  /// derived from it in the clear elsewhere would be purged here ([Erasure#purging]).
  ///
  /// @param account one that is there
  /// @param why stays, so it says nothing personal
  ErasureReport eraseOwner(String account, String why) {
    BankCommand.requireText(why, "The reason of an erasure");
    return erasure.erase(Accounts.subject(account), why);
  }

  private static Stream<Correctable> correctable(List<BankEvent> events) {
    return events.stream().filter(Correctable.class::isInstance).map(Correctable.class::cast);
  }

  // ---- what is asked

  /// An account as it is now.
  Optional<Account> account(String account) {
    var books = accounts.state(Accounts.boundary(account));
    return books.has(account) ? Optional.of(books.of(account)) : Optional.empty();
  }

  /// Who owns an account that is there: the event knows that opened it, and nothing that was
  /// folded.
  Personal<String> owner(String account) {
    var first = store.read(Accounts.stream(account), ReadOptions.forwards().limit(1)).events();
    return first.stream()
        .flatMap(event -> Accounts.meaning(events, event).stream())
        .filter(AccountOpened.class::isInstance)
        .map(AccountOpened.class::cast)
        .findFirst()
        .orElseThrow()
        .owner();
  }

  /// A payment from an account as it is now.
  Optional<Payment> payment(String account, String payment) {
    var found = accounts.state(Accounts.payment(payment)).payment();
    return found.is(payment, account) ? Optional.of(found) : Optional.empty();
  }

  /// What was booked on an account by a moment of the past, as it counts on a day.
  Statement statement(String account, AsOf moment, LocalDate day) {
    var recorded =
        store.read(Accounts.stream(account), ReadOptions.forwards().asOf(moment)).events();
    return Statement.of(account, day, recorded, events);
  }

  /// All accounts together.
  Overview overview() {
    return overview;
  }

  /// What keeps the overview up to date.
  Projector<BankEvent, SqlView> projector() {
    return projector;
  }

  /// What goes about payments.
  ProcessRunner<BankEvent, Payments.State, Order> payments() {
    return payments;
  }

  /// What ended the process of payments, if it runs no more and was not closed.
  Optional<Throwable> paymentsFailure() {
    return running.stream().flatMap(process -> process.failure().stream()).findFirst();
  }
}
