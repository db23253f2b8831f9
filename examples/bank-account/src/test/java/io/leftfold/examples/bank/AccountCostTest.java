// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventStore;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.Query;
import io.leftfold.api.QueryRead;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.examples.bank.BankCommand.Transfer;
import io.leftfold.examples.bank.BankCommand.Withdraw;
import io.leftfold.examples.bank.BankEvent.AccountOpened;
import io.leftfold.examples.bank.BankEvent.BookingReversed;
import io.leftfold.examples.bank.BankEvent.MoneyDeposited;
import io.leftfold.examples.bank.BankEvent.MoneyWithdrawn;
import io.leftfold.examples.bank.BankEvent.PaymentConfirmed;
import io.leftfold.examples.bank.BankEvent.PaymentOrdered;
import io.leftfold.examples.bank.BankEvent.TransferReceived;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.Outcome.Accepted;
import io.leftfold.toolkit.Personal;
import java.time.LocalDate;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What it costs to decide about an account with a long story: as much as about any other.
final class AccountCostTest {

  private static final LocalDate DAY = LocalDate.of(2026, 7, 17);
  private static final Iban ELSEWHERE = Iban.of(TestBank.IBANS.get(2));
  private static final int MANY = 600;

  private static Books opened() {
    return Accounts.evolve(
        Books.EMPTY, new AccountOpened("alice", TestBank.IBANS.getFirst(), Personal.of("A")));
  }

  @Test
  void what_is_known_of_an_account_does_not_grow_with_what_happens_to_it() {
    var books = opened();
    for (var i = 0; i < 5_000; i++) {
      var today = DAY.plusDays(i);
      var name = "p" + i;
      books = Accounts.evolve(books, new MoneyDeposited("alice", 100, today.plusDays(3), "salary"));
      books =
          Accounts.evolve(
              books, new PaymentOrdered("alice", name, ELSEWHERE.value(), 50, today, "rent"));
      books = Accounts.evolve(books, new PaymentConfirmed("alice", name));
    }

    assertThat(books.of("alice").balance()).isEqualTo(5_000 * 50);
    assertThat(books.of("alice").later().size()).isEqualTo(3);
    assertThat(JsonMapper.shared().writeValueAsString(books).length()).isLessThan(500);
  }

  /// Adds up, of all that ever happened, what counts on a day.
  @Test
  void what_can_be_drawn_is_what_has_come_in_by_its_value_date() {
    var seed = Steps.seed();
    var random = new Random(seed);
    var books = opened();
    var all = new TreeMap<LocalDate, Long>();
    var today = DAY;
    for (var i = 0; i < 500; i++) {
      today = today.plusDays(random.nextInt(3));
      var cents = 1 + random.nextInt(1_000);
      var valueDate = today.plusDays(random.nextInt(21) - 10);
      var event =
          switch (random.nextInt(4)) {
            case 0 -> new MoneyWithdrawn("alice", cents, today, "cash");
            case 1 -> new TransferReceived("alice", "bob", cents, today, "lunch");
            case 2 -> new BookingReversed("alice", -cents, valueDate, "a mistake");
            default -> new MoneyDeposited("alice", cents, valueDate, "salary");
          };
      books = Accounts.evolve(books, event);
      all.merge(event.valueDate(), event.change(), Long::sum);

      for (var later = 0; later < 12; later++) {
        var day = today.plusDays(later);
        assertThat(books.of("alice").available(day))
            .as("seed %d, event %d, %d days later", seed, i, later)
            .isEqualTo(all.headMap(day, true).values().stream().mapToLong(Long::longValue).sum());
      }
    }
  }

  /// Counts the events that are read.
  private static final class Counting extends ForwardingEventStore {
    private int events;

    Counting(EventStore store) {
      super(store);
    }

    @Override
    public QueryRead read(Query query, ReadOptions options) {
      events += super.read(query, options).events().size();
      return super.read(query, options);
    }

    @Override
    public StreamRead read(StreamName stream, ReadOptions options) {
      events += super.read(stream, options).events().size();
      return super.read(stream, options);
    }

    /// How many are read to do something.
    int during(Runnable work) {
      var before = events;
      work.run();
      return events - before;
    }
  }

  private final Counting store =
      new Counting(new InMemoryEventStore(new ManualClock(TestBank.START)));

  @Test
  void who_is_paid_only_has_to_be_there() {
    try (var test = TestBank.on(store)) {
      test.opened(0, "alice");
      test.opened(1, "bob");
      test.filled("alice", 5_000);
      for (var i = 0; i < MANY; i++) {
        test.filled("bob", 1);
      }

      var transfer = new Transfer("alice", "bob", 10, test.bank.today(), "lunch");
      assertThat(store.during(() -> test.does(transfer))).isLessThan(10);
    }
  }

  @Test
  void a_bank_that_starts_anew_begins_at_the_snapshot() {
    try (var test = TestBank.on(store)) {
      test.opened(0, "alice");
      for (var i = 0; i < MANY; i++) {
        test.filled("alice", 10);
      }
      var balance = test.account("alice").balance();
      try (var anew =
          Bank.on(
              store,
              test.keys,
              test.database,
              OtherBank.imagined(),
              test.clock,
              TestBank.PATIENCE)) {
        assertThat(store.during(() -> assertThat(anew.account("alice")).isPresent()))
            .isLessThan(MANY / 2);
        assertThat(anew.account("alice").orElseThrow().balance()).isEqualTo(balance);
        assertThat(anew.handle(CommandId.of("w"), withdrawal(test))).isInstanceOf(Accepted.class);
      }
    }
  }

  private static Withdraw withdrawal(TestBank test) {
    return new Withdraw("alice", MANY * 10L, test.bank.today(), "all of it");
  }
}
