// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventStore;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.examples.bank.BankCommand.Deposit;
import io.leftfold.examples.bank.BankCommand.OpenAccount;
import io.leftfold.examples.bank.BankCommand.OrderPayment;
import io.leftfold.examples.bank.BankCommand.SetCreditLine;
import io.leftfold.examples.bank.BankCommand.Transfer;
import io.leftfold.examples.bank.BankCommand.Withdraw;
import io.leftfold.examples.bank.BankEvent.Booking;
import io.leftfold.examples.bank.BankEvent.TransferReceived;
import io.leftfold.examples.bank.BankEvent.TransferSent;
import io.leftfold.examples.bank.Refusal.IbanTaken;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.Outcome;
import io.leftfold.toolkit.Outcome.Accepted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Thirty-two who all want the same, on the model and on the engine in a directory.
final class RacesTest {

  private static final int THREADS = 32;
  private static final int ROUNDS = 6;
  private static final List<String> ACCOUNTS = List.of("alice", "bob", "carol", "dave");
  private static final long CREDIT = 1_500;

  private final long seed = Steps.seed();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  enum Kind {
    MODEL,
    ENGINE
  }

  private EventStore store(Kind kind) {
    return switch (kind) {
      case MODEL -> new InMemoryEventStore(new ManualClock(TestBank.START));
      case ENGINE -> LocalEventStore.open(directory);
    };
  }

  /// What each of the threads brings back, who all begin at once.
  private static <T> List<T> together(IntFunction<T> work) {
    var start = new CyclicBarrier(THREADS);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<T>>();
      for (var i = 0; i < THREADS; i++) {
        var number = i;
        running.add(
            executor.submit(() -> {
              start.await();
              return work.apply(number);
            }));
      }
      var results = new ArrayList<T>();
      for (var future : running) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError("A thread failed", e);
    }
  }

  private static boolean isAccepted(Outcome<BankEvent, Refusal> outcome) {
    return outcome instanceof Accepted;
  }

  @ParameterizedTest
  @EnumSource
  void no_money_is_made_or_lost_and_no_account_falls_below_its_line(Kind kind) {
    try (var test = TestBank.on(store(kind))) {
      for (var i = 0; i < ACCOUNTS.size(); i++) {
        test.opened(i, ACCOUNTS.get(i));
        test.filled(ACCOUNTS.get(i), 1_000);
      }
      test.does(new SetCreditLine("alice", CREDIT, test.bank.today()));

      var outcomes =
          together(thread -> {
            var random = new Random(seed + thread);
            return IntStream.range(0, ROUNDS)
                .mapToObj(_ -> test.tries(anything(random, test)))
                .toList();
          });

      assertThat(outcomes).as("seed %d", seed).flatMap(all -> all).anyMatch(RacesTest::isAccepted);
      assertThat(outcomes)
          .as("seed %d", seed)
          .flatMap(all -> all)
          .anyMatch(Predicate.not(RacesTest::isAccepted));
      everyMomentIsSound(test);
    }
  }

  private static BankCommand anything(Random random, TestBank test) {
    var from = random.nextInt(ACCOUNTS.size());
    var account = ACCOUNTS.get(from);
    var other = ACCOUNTS.get((from + 1 + random.nextInt(ACCOUNTS.size() - 1)) % ACCOUNTS.size());
    var cents = 1 + random.nextInt(1_200);
    var today = test.bank.today();
    return switch (random.nextInt(8)) {
      case 0 -> new Withdraw(account, cents, today, "cash");
      case 1 -> new Deposit(account, cents / 4 + 1, today.plusDays(random.nextInt(2)), "cash");
      case 2 ->
          new OrderPayment(
              account, "p" + random.nextLong(), Iban.of(TestBank.IBANS.get(0)), cents, today, "x");
      default -> new Transfer(account, other, cents, today, "transfer");
    };
  }

  /// Folds from zero, and looks at every position.
  private void everyMomentIsSound(TestBank test) {
    var books = Books.EMPTY;
    var withoutTransfers = 0L;
    var onTheWay = 0L;
    for (var recorded : test.store.read(Query.everything(), ReadOptions.forwards()).events()) {
      for (var event : Accounts.meaning(test.types, recorded)) {
        books = Accounts.evolve(books, event);
        switch (event) {
          case TransferSent sent -> onTheWay += sent.cents();
          case TransferReceived received -> onTheWay -= received.cents();
          case Booking booking -> withoutTransfers += booking.change();
          case BankEvent _ -> {}
        }
        var total = books.accounts().values().stream().mapToLong(Account::balance).sum();
        assertThat(total + onTheWay)
            .as("seed %d, behind %s", seed, recorded)
            .isEqualTo(withoutTransfers);
        assertThat(books.accounts().values())
            .as("seed %d, behind %s", seed, recorded)
            .allMatch(account -> account.available(test.bank.today()) >= 0)
            .allMatch(account -> account.balance() >= -account.creditLine());
      }
    }
    assertThat(onTheWay).isZero();
    for (var account : ACCOUNTS) {
      assertThat(test.account(account)).isEqualTo(books.of(account));
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_iban_is_given_once(Kind kind) {
    try (var test = TestBank.on(store(kind))) {
      var iban = Iban.of(TestBank.IBANS.getFirst());

      var outcomes =
          together(thread -> test.tries(new OpenAccount("account-" + thread, iban, "Somebody")));

      assertThat(outcomes).filteredOn(RacesTest::isAccepted).hasSize(1);
      assertThat(outcomes)
          .filteredOn(Predicate.not(RacesTest::isAccepted))
          .containsOnly(new Outcome.Rejected<>(new IbanTaken(iban.value())));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_command_that_many_give_happens_once(Kind kind) {
    try (var test = TestBank.on(store(kind))) {
      test.opened(0, "alice");
      test.opened(1, "bob");
      test.filled("alice", 1_000);
      var transfer = new Transfer("alice", "bob", 400, test.bank.today(), "lunch");

      var outcomes = together(_ -> test.bank.handle(CommandId.of("lunch"), transfer));

      assertThat(outcomes).allMatch(RacesTest::isAccepted);
      assertThat(test.account("alice").balance()).isEqualTo(600);
      assertThat(test.account("bob").balance()).isEqualTo(400);
    }
  }
}
