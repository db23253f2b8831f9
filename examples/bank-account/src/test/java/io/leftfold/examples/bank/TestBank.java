// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.examples.bank.BankCommand.Deposit;
import io.leftfold.examples.bank.BankCommand.OpenAccount;
import io.leftfold.examples.bank.Payments.Instruct;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.Outcome;
import io.leftfold.toolkit.Outcome.Accepted;
import io.leftfold.toolkit.keys.SubjectKeys;
import io.leftfold.toolkit.process.CommandTarget;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcConnectionPool;

/// A bank on any store, whose clock stands still, and where nothing goes on by itself.
final class TestBank implements AutoCloseable {

  static final Instant START = Instant.parse("2026-07-17T14:02:00Z");
  static final Duration PATIENCE = Duration.ofDays(1);

  /// What a bank is started with that keeps all in a directory, at any port.
  static List<String> arguments(Path directory, String... more) {
    return Stream.concat(
            Stream.of(
                "--data",
                directory.resolve("data").toString(),
                "--keys",
                directory.resolve("keys").toString(),
                "--port",
                "0"),
            Stream.of(more))
        .toList();
  }

  /// Of Alice, Bob, Carol and Dave.
  static final List<String> IBANS =
      List.of(
          "DE89370400440532013000",
          "GB29NWBK60161331926819",
          "FR1420041010050500013M02606",
          "NL91ABNA0417164300");

  final ManualClock clock;
  final EventStore store;
  final SubjectKeys keys = SubjectKeys.inMemory(new SecureRandom());
  final EventTypes<BankEvent> types = Accounts.EVENTS.with(keys);
  final JdbcConnectionPool database = database();
  final Bank bank;

  private TestBank(EventStore store, ManualClock clock, CommandTarget<Instruct> otherBank) {
    this.store = store;
    this.clock = clock;
    this.bank = Bank.on(store, keys, database, otherBank, clock, PATIENCE);
  }

  static TestBank inMemory() {
    return inMemory(OtherBank.imagined());
  }

  static TestBank inMemory(CommandTarget<Instruct> otherBank) {
    var clock = new ManualClock(START);
    return new TestBank(new InMemoryEventStore(clock), clock, otherBank);
  }

  static TestBank on(EventStore store) {
    return on(store, new ManualClock(START));
  }

  static TestBank on(EventStore store, ManualClock clock) {
    return new TestBank(store, clock, OtherBank.imagined());
  }

  /// An empty database in memory.
  static JdbcConnectionPool database() {
    return JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "bank", "");
  }

  Outcome<BankEvent, Refusal> tries(BankCommand command) {
    return bank.handle(CommandId.of(UUID.randomUUID()), command);
  }

  /// Does what is accepted.
  ///
  /// @return its position
  long does(BankCommand command) {
    var outcome = tries(command);
    assertThat(outcome).isInstanceOf(Accepted.class);
    return ((Accepted<BankEvent, Refusal>) outcome).position();
  }

  void opened(int number, String account) {
    does(new OpenAccount(account, Iban.of(IBANS.get(number)), account));
  }

  void filled(String account, long cents) {
    does(new Deposit(account, cents, bank.today(), "filled"));
  }

  Account account(String account) {
    return bank.account(account).orElseThrow();
  }

  /// What happened to an account.
  Stream<BankEvent> events(String account) {
    return store.read(Accounts.stream(account), ReadOptions.forwards()).events().stream()
        .flatMap(event -> Accounts.meaning(types, event).stream());
  }

  /// Lets payments go on until there is nothing to do.
  void goOn() {
    try (var payments = bank.payments().stepByStep()) {
      payments.untilIdle();
    }
  }

  @Override
  public void close() {
    bank.close();
    store.close();
    database.dispose();
  }
}
