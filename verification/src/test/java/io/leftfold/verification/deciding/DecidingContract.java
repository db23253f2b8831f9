// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.deciding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventStore;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.UnavailableException;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.CommandHandler;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.Outcome;
import io.leftfold.toolkit.Outcome.Accepted;
import io.leftfold.toolkit.Outcome.Rejected;
import io.leftfold.verification.deciding.Bank.BankCommand;
import io.leftfold.verification.deciding.Bank.BankEvent;
import io.leftfold.verification.deciding.Bank.Books;
import io.leftfold.verification.deciding.Bank.Deposit;
import io.leftfold.verification.deciding.Bank.Deposited;
import io.leftfold.verification.deciding.Bank.Open;
import io.leftfold.verification.deciding.Bank.Refusal;
import io.leftfold.verification.deciding.Bank.Transfer;
import io.leftfold.verification.deciding.Bank.Withdraw;
import io.leftfold.verification.deciding.Bank.Withdrawn;
import io.leftfold.verification.deciding.UnreliableStore.Loss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What deciding promises, on one store that all tests of the class share.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DecidingContract {

  private static final int THREADS = 32;

  private final AtomicInteger tests = new AtomicInteger();
  private String a = "";
  private String b = "";
  private String c = "";

  @SuppressWarnings("NullAway.Init")
  EventStore store;

  @SuppressWarnings("NullAway.Init")
  private CommandHandler<BankCommand, Books, BankEvent, Refusal> bank;

  /// An empty store.
  abstract EventStore open();

  @BeforeAll
  final void openStore() {
    store = open();
  }

  @AfterAll
  final void closeStore() {
    store.close();
  }

  @BeforeEach
  final void nameAccounts() {
    var test = tests.incrementAndGet();
    a = "a%d".formatted(test);
    b = "b%d".formatted(test);
    c = "c%d".formatted(test);
    bank = Bank.on(store);
  }

  // ---- words to speak about it

  private void opened(String... accounts) {
    for (var account : accounts) {
      assertThat(bank.handle(new Open(account, "iban of " + account))).isInstanceOf(Accepted.class);
    }
  }

  private void filled(String account, long amount) {
    assertThat(bank.handle(new Deposit(account, amount))).isInstanceOf(Accepted.class);
  }

  private List<RecordedEvent> recorded(String... accounts) {
    var items = Arrays.stream(accounts).map(Bank::ofAccount).toArray(Query.Item[]::new);
    return store.read(Query.of(items), ReadOptions.forwards()).events();
  }

  private static List<BankEvent> meaning(RecordedEvent event) {
    return switch (Bank.CODEC.decode(event)) {
      case Decoded.Known<BankEvent>(var events) -> events;
      case Decoded.Unknown<BankEvent> _ -> throw new AssertionError("Nobody wrote " + event);
    };
  }

  /// What accounts hold in the end, after a look at every moment before: nobody owes, ever.
  private Books booksThatNeverOwed(String... accounts) {
    var books = Books.EMPTY;
    for (var event : recorded(accounts)) {
      books = Bank.DECIDER.fold(books, meaning(event));
      assertThat(books.balances().values()).as("behind %s", event).allMatch(value -> value >= 0);
    }
    return books;
  }

  private static Rejected<BankEvent, Refusal> rejected(Refusal why) {
    return new Rejected<>(why);
  }

  /// What each of some threads brings back, who all begin at once.
  private static <T> List<T> together(int threads, IntFunction<T> work) {
    var start = new CyclicBarrier(threads);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<T>>();
      for (var i = 0; i < threads; i++) {
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

  private static <E, R> List<Accepted<E, R>> accepted(List<Outcome<E, R>> outcomes) {
    return outcomes.stream()
        .<Accepted<E, R>>mapMulti((outcome, sink) -> {
          switch (outcome) {
            case Accepted<E, R> accepted -> sink.accept(accepted);
            case Rejected<E, R> _ -> {}
          }
        })
        .toList();
  }

  // ---- one after the other

  @Test
  void a_decision_rests_on_one_stream_or_on_a_query() {
    opened(a, b);
    filled(a, 50);

    assertThat(bank.handle(new Withdraw(a, 80))).isEqualTo(rejected(Refusal.OVERDRAWN));
    assertThat(bank.handle(new Transfer(a, c, 20))).isEqualTo(rejected(Refusal.NO_SUCH_ACCOUNT));
    assertThat(bank.handle(new Transfer(a, b, 20)))
        .isEqualTo(
            new Accepted<BankEvent, Refusal>(
                store.lastPosition().orElseThrow(),
                List.of(new Withdrawn(a, 20), new Deposited(b, 20)),
                false));
    assertThat(bank.handle(new Withdraw(a, 31))).isEqualTo(rejected(Refusal.OVERDRAWN));
    assertThat(bank.handle(new Open(c, "iban of " + a))).isEqualTo(rejected(Refusal.IBAN_IS_TAKEN));

    assertThat(booksThatNeverOwed(a, b).balances()).containsEntry(a, 30L).containsEntry(b, 20L);
    assertThat(store.read(Bank.stream(a), ReadOptions.forwards()).events()).hasSize(3);
    assertThat(store.read(Bank.stream(b), ReadOptions.forwards()).events()).hasSize(2);
  }

  @Test
  void a_query_loses_to_a_stream_and_a_stream_to_a_query() {
    opened(a, b);
    filled(a, 50);
    var transferFirst = Bank.on(new QuickerStore(store, () -> bank.handle(new Transfer(a, b, 50))));
    var withdrawalFirst = Bank.on(new QuickerStore(store, () -> bank.handle(new Withdraw(b, 50))));

    assertThat(transferFirst.handle(new Withdraw(a, 50))).isEqualTo(rejected(Refusal.OVERDRAWN));
    assertThat(withdrawalFirst.handle(new Transfer(b, a, 50)))
        .isEqualTo(rejected(Refusal.OVERDRAWN));
    assertThat(booksThatNeverOwed(a, b).balances()).containsEntry(a, 0L).containsEntry(b, 0L);
  }

  // ---- many at once

  @Test
  void of_many_who_take_from_one_stream_none_is_lost_and_none_takes_what_is_not_there() {
    opened(a);
    filled(a, 100);

    var outcomes =
        together(
                THREADS,
                _ -> IntStream.range(0, 5).mapToObj(_ -> bank.handle(new Withdraw(a, 1))).toList())
            .stream()
            .flatMap(List::stream)
            .toList();

    var taken = accepted(outcomes);
    assertThat(taken).hasSize(100);
    assertThat(outcomes).filteredOn(rejected(Refusal.OVERDRAWN)::equals).hasSize(60);
    assertThat(recorded(a).stream().skip(2))
        .extracting(RecordedEvent::position)
        .containsExactlyInAnyOrderElementsOf(taken.stream().map(Accepted::position).toList());
    assertThat(booksThatNeverOwed(a).balance(a)).isZero();
  }

  @Test
  void of_many_who_move_money_by_query_and_by_stream_nobody_makes_any() {
    var accounts = Stream.of(a, b, c).toArray(String[]::new);
    opened(accounts);
    Arrays.stream(accounts).forEach(account -> filled(account, 30));
    var seed = Steps.seed();

    var outcomes =
        together(
                THREADS,
                thread -> {
                  var random = new Random(seed + thread);
                  return IntStream.range(0, 8)
                      .mapToObj(_ -> bank.handle(moneyMoved(accounts, random)))
                      .toList();
                })
            .stream()
            .flatMap(List::stream)
            .toList();

    var events = recorded(accounts).stream().flatMap(event -> meaning(event).stream()).toList();
    var fromOutcomes = accepted(outcomes).stream().flatMap(one -> one.events().stream()).toList();
    assertThat(events.subList(6, events.size()))
        .as("seed %d", seed)
        .containsExactlyInAnyOrderElementsOf(fromOutcomes);
    var total = booksThatNeverOwed(accounts).balances().values().stream().mapToLong(x -> x).sum();
    assertThat(total).as("seed %d", seed).isEqualTo(90 + sumOf(fromOutcomes));
  }

  private static BankCommand moneyMoved(String[] accounts, Random random) {
    var from = random.nextInt(accounts.length);
    var to = (from + 1 + random.nextInt(accounts.length - 1)) % accounts.length;
    var amount = 1 + random.nextInt(25);
    return switch (random.nextInt(4)) {
      case 0 -> new Withdraw(accounts[from], amount);
      case 1 -> new Deposit(accounts[from], amount);
      default -> new Transfer(accounts[from], accounts[to], amount);
    };
  }

  private static long sumOf(List<BankEvent> events) {
    return events.stream()
        .mapToLong(event ->
            switch (event) {
              case Bank.Opened _ -> 0;
              case Deposited(_, var amount) -> amount;
              case Withdrawn(_, var amount) -> -amount;
            })
        .sum();
  }

  @Test
  void of_many_who_want_the_same_number_one_gets_it() {
    var outcomes =
        together(THREADS, i -> bank.handle(new Open("%s.%d".formatted(a, i), "iban of " + a)));

    assertThat(accepted(outcomes)).hasSize(1);
    assertThat(outcomes).filteredOn(rejected(Refusal.IBAN_IS_TAKEN)::equals).hasSize(THREADS - 1);
  }

  // ---- given again

  @Test
  void of_many_who_give_the_same_command_all_get_the_same_answer_and_it_happens_once() {
    opened(a, b);
    filled(a, 50);
    var id = CommandId.of("withdrawal of " + a);
    var other = CommandId.of("transfer of " + b);

    var withdrawals = together(THREADS, _ -> bank.handle(id, new Withdraw(a, 10)));
    var transfers = together(THREADS, _ -> bank.handle(other, new Transfer(a, b, 10)));

    for (var outcomes : List.of(withdrawals, transfers)) {
      var answers = accepted(outcomes);
      assertThat(answers).hasSize(THREADS);
      assertThat(answers.stream().map(Accepted::position).distinct()).hasSize(1);
      assertThat(answers.stream().map(Accepted::events).distinct()).hasSize(1);
      assertThat(answers).filteredOn(answer -> !answer.repeated()).hasSize(1);
    }
    assertThat(booksThatNeverOwed(a, b).balances()).containsEntry(a, 30L).containsEntry(b, 10L);
  }

  @Test
  void a_command_whose_answer_was_lost_is_answered_as_the_first_time() {
    opened(a, b);
    filled(a, 50);
    var losses = new ArrayList<>(List.of(Loss.OF_THE_ANSWER));
    var unsure =
        Bank.on(
            new UnreliableStore(store, () -> losses.isEmpty() ? Loss.NONE : losses.removeLast()));
    var id = CommandId.of("all of " + a);

    assertThatThrownBy(() -> unsure.handle(id, new Transfer(a, b, 50)))
        .isInstanceOf(UnavailableException.class);
    var written = store.lastPosition().orElseThrow();
    // By now it would be refused.
    assertThat(bank.handle(new Transfer(a, b, 50))).isEqualTo(rejected(Refusal.OVERDRAWN));

    assertThat(unsure.handle(id, new Transfer(a, b, 50)))
        .isEqualTo(
            new Accepted<BankEvent, Refusal>(
                written, List.of(new Withdrawn(a, 50), new Deposited(b, 50)), true));
    assertThat(store.lastPosition()).hasValue(written);
  }

  @Test
  void whatever_answers_get_lost_commands_given_until_they_are_answered_happen_once() {
    var accounts = Stream.of(a, b, c).toArray(String[]::new);
    opened(accounts);
    Arrays.stream(accounts).forEach(account -> filled(account, 30));
    var seed = Steps.seed();
    var chance = new Random(seed);
    var losses = new Loss[] {Loss.NONE, Loss.NONE, Loss.OF_THE_REQUEST, Loss.OF_THE_ANSWER};
    var unsure = Bank.on(new UnreliableStore(store, () -> losses[chance.nextInt(losses.length)]));

    var outcomes = new HashMap<CommandId, Outcome<BankEvent, Refusal>>();
    var commands = new HashMap<CommandId, BankCommand>();
    var random = new Random(seed);
    for (var i = 0; i < 120; i++) {
      commands.put(CommandId.of("%s, command %d".formatted(a, i)), moneyMoved(accounts, random));
    }
    var named = List.copyOf(commands.entrySet());
    together(
            8,
            thread ->
                IntStream.range(0, named.size())
                    .filter(i -> i % 8 == thread)
                    .mapToObj(named::get)
                    .map(each ->
                        untilAnswered(
                            () -> unsure.handle(each.getKey(), each.getValue()), each.getKey()))
                    .toList())
        .stream()
        .flatMap(List::stream)
        .forEach(answer -> outcomes.put(answer.id(), answer.outcome()));

    assertThat(outcomes).hasSameSizeAs(commands);
    outcomes.forEach((id, outcome) -> {
      var events = store.read(Query.of(Query.tagged(id.tag())), ReadOptions.forwards()).events();
      switch (outcome) {
        case Accepted<BankEvent, Refusal>(var position, var decided, _) -> {
          assertThat(events.stream().flatMap(event -> meaning(event).stream()))
              .as("seed %d, %s", seed, id)
              .containsExactlyElementsOf(decided);
          assertThat(events.getLast().position()).isEqualTo(position);
        }
        case Rejected<BankEvent, Refusal> _ ->
            assertThat(events).as("seed %d, %s", seed, id).isEmpty();
      }
    });
    var happened = recorded(accounts).stream().flatMap(event -> meaning(event).stream()).toList();
    assertThat(happened.subList(6, happened.size()))
        .as("seed %d", seed)
        .containsExactlyInAnyOrderElementsOf(
            accepted(List.copyOf(outcomes.values())).stream()
                .flatMap(one -> one.events().stream())
                .toList());
    booksThatNeverOwed(accounts);
  }

  private record Answer(CommandId id, Outcome<BankEvent, Refusal> outcome) {}

  private interface Attempt {
    Outcome<BankEvent, Refusal> make();
  }

  private static Answer untilAnswered(Attempt attempt, CommandId id) {
    while (true) {
      try {
        return new Answer(id, attempt.make());
      } catch (UnavailableException _) {
        // Nobody knows whether it happened: once more.
      }
    }
  }
}
