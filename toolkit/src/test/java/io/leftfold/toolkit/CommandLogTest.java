// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static io.leftfold.toolkit.Accounts.stream;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.Accounts.Account;
import io.leftfold.toolkit.Accounts.AccountCommand;
import io.leftfold.toolkit.Accounts.AccountEvent;
import io.leftfold.toolkit.Accounts.Close;
import io.leftfold.toolkit.Accounts.Deposit;
import io.leftfold.toolkit.Accounts.Open;
import io.leftfold.toolkit.Accounts.Phase;
import io.leftfold.toolkit.Accounts.Refusal;
import io.leftfold.toolkit.Accounts.Withdraw;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class CommandLogTest {

  private static final CommandLog<AccountCommand, Refusal> LOG =
      CommandLog.of(
          StreamName.of("commands-accounts"),
          CommandLogTest::write,
          CommandLogTest::read,
          refusal -> "\"" + refusal + "\"");

  private final EventStore store = new InMemoryEventStore(Clock.systemUTC());
  private final CommandHandler<AccountCommand, Account, AccountEvent, Refusal> accounts =
      accounts(Accounts.DECIDER);

  private CommandHandler<AccountCommand, Account, AccountEvent, Refusal> accounts(
      Decider<AccountCommand, Account, AccountEvent, Refusal> decider) {
    return accounts(store, decider);
  }

  private static CommandHandler<AccountCommand, Account, AccountEvent, Refusal> accounts(
      EventStore store, Decider<AccountCommand, Account, AccountEvent, Refusal> decider) {
    return CommandHandler.of(store, decider, Accounts.CODEC, Accounts::boundary).with(LOG);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static String write(AccountCommand command) {
    return switch (command) {
      case Open(var account) -> "[\"open\",\"%s\",0]".formatted(account);
      case Deposit(var account, var amount) -> "[\"deposit\",\"%s\",%d]".formatted(account, amount);
      case Withdraw(var account, var amount) ->
          "[\"withdraw\",\"%s\",%d]".formatted(account, amount);
      case Close(var account) -> "[\"close\",\"%s\",0]".formatted(account);
    };
  }

  private static AccountCommand read(String json) {
    var parts = json.replaceAll("[\\[\\]\"]", "").split(",", -1);
    return switch (parts[0]) {
      case "open" -> new Open(parts[1]);
      case "deposit" -> new Deposit(parts[1], Long.parseLong(parts[2]));
      case "withdraw" -> new Withdraw(parts[1], Long.parseLong(parts[2]));
      case "close" -> new Close(parts[1]);
      default -> throw new IllegalArgumentException(json);
    };
  }

  private List<LoggedCommand<AccountCommand>> logged() {
    try (var entries = LOG.entries(store, ReadOptions.forwards())) {
      return entries.toList();
    }
  }

  @RepeatedTest(4)
  void every_logged_decision_replayed_gives_what_was_recorded() {
    var seed = Steps.seed();
    var random = new Random(seed);
    for (var step = 0; step < 60; step++) {
      var account = "" + random.nextInt(3);
      AccountCommand command =
          switch (random.nextInt(8)) {
            case 0, 1 -> new Open(account);
            case 2, 3 -> new Deposit(account, random.nextInt(3));
            case 4, 5, 6 -> new Withdraw(account, 1 + random.nextInt(2));
            default -> new Close(account);
          };
      var _ =
          random.nextBoolean()
              ? accounts.handle(command)
              : accounts.handle(CommandId.of("command-" + step), command);
    }

    assertThat(logged())
        .as("seed %d", seed)
        .hasSize(60)
        .allSatisfy(entry -> assertThat(accounts.replay(entry).asRecorded()).isTrue())
        .anyMatch(entry -> entry.rejected().isPresent())
        .anyMatch(entry -> entry.accepted().isPresent());
  }

  @Test
  void a_record_says_what_was_wanted_and_what_became_of_it() {
    accounts.handle(CommandId.of("first"), new Open("7"));
    accounts.handle(new Withdraw("7", 5));
    accounts.handle(new Deposit("7", 0));

    var entries = logged();
    assertThat(entries)
        .extracting(LoggedCommand::command)
        .containsExactly(new Open("7"), new Withdraw("7", 5), new Deposit("7", 0));
    assertThat(entries.get(0).id()).contains(CommandId.of("first"));
    assertThat(entries.get(0).accepted()).hasValue(1);
    assertThat(entries.get(1).rejected()).contains("\"OVERDRAWN\"");
    assertThat(entries.get(2).accepted()).hasValue(0);
  }

  @Test
  void replaying_shows_the_state_of_then_and_what_todays_decider_would_do() {
    accounts.handle(new Open("7"));
    accounts.handle(new Deposit("7", 10));
    accounts.handle(new Withdraw("7", 30));
    accounts.handle(new Deposit("7", 90));
    var overdrawn = logged().get(2);
    var generous =
        accounts(
            Decider.of(
                Account.NONE,
                (command, account) ->
                    command instanceof Withdraw(_, var amount)
                        ? Decision.accept(new Accounts.Withdrawn(amount))
                        : Accounts.DECIDER.decide(command, account),
                Accounts.DECIDER::evolve));

    assertThat(accounts.replay(overdrawn))
        .isEqualTo(
            new ReplayedDecision<>(
                new Account(Phase.OPEN, 10), Decision.reject(Refusal.OVERDRAWN), true, 0));
    assertThat(generous.replay(overdrawn))
        .isEqualTo(
            new ReplayedDecision<>(
                new Account(Phase.OPEN, 10),
                Decision.accept(new Accounts.Withdrawn(30)),
                false,
                0));
  }

  @Test
  void where_what_was_decided_is_gone_from_the_store_replaying_says_so() {
    accounts.handle(new Open("7"));
    accounts.handle(new Deposit("7", 10));
    var deposit = logged().getLast();
    accounts.handle(new Deposit("7", 20));
    var scavenged =
        new ForwardingEventStore(store) {
          @Override
          public EventRead readAll(ReadOptions options) {
            return super.readAll(options.from(deposit.position() + 2));
          }
        };

    var replayed = accounts(scavenged, Accounts.DECIDER).replay(deposit);

    assertThat(replayed.state()).isEqualTo(new Account(Phase.OPEN, 0));
    assertThat(replayed.lost()).isEqualTo(1);
    assertThat(replayed.asRecorded()).isFalse();
    assertThat(accounts.replay(deposit).lost()).isZero();
  }

  @Test
  void a_command_that_is_given_again_is_not_recorded_again() {
    var first = accounts.handle(CommandId.of("first"), new Open("7"));
    var second = accounts.handle(CommandId.of("first"), new Open("7"));

    assertThat(second)
        .isEqualTo(
            new Outcome.Accepted<>(
                ((Outcome.Accepted<AccountEvent, Refusal>) first).position(),
                List.of(new Accounts.Opened()),
                true));
    assertThat(logged()).hasSize(1);
  }

  @Test
  void events_name_their_command_as_cause_and_keep_a_correlation_of_their_own() {
    var codec =
        EventCodec.<AccountEvent>of(
            event ->
                event instanceof Accounts.Deposited
                    ? Accounts.CODEC.encode(event).withMetadata("{\"$correlationId\":\"mine\"}")
                    : Accounts.CODEC.encode(event),
            Accounts.CODEC::decode);
    var correlating =
        CommandHandler.of(store, Accounts.DECIDER, codec, Accounts::boundary).with(LOG);
    correlating.handle(new Open("7"));
    correlating.handle(new Deposit("7", 1));

    var records = store.read(LOG.stream(), ReadOptions.forwards()).events();
    var events = store.read(stream("7"), ReadOptions.forwards()).events();
    assertThat(new String(events.get(0).metadata(), UTF_8))
        .isEqualTo(
            "{\"$causationId\":\"%1$s\",\"$correlationId\":\"%1$s\"}"
                .formatted(records.get(0).id()));
    assertThat(new String(events.get(1).metadata(), UTF_8))
        .isEqualTo(
            "{\"$correlationId\":\"mine\",\"$causationId\":\"%s\"}".formatted(records.get(1).id()));
  }

  @Test
  void no_query_sees_records() {
    accounts.handle(new Open("7"));
    accounts.handle(new Open("7"));

    assertThat(store.read(Query.everything(), ReadOptions.forwards()).events())
        .singleElement()
        .satisfies(event -> assertThat(event.contentType()).isEqualTo(ContentType.JSON))
        .satisfies(event -> assertThat(event.stream()).isEqualTo(stream("7")));
  }

  @Test
  void what_is_no_record_is_passed_over_or_refused() {
    accounts.handle(new Open("7"));
    store.append(LOG.stream(), ExpectedState.any(), ProposedEvent.json("Noted", "{}"));
    assertThat(logged()).hasSize(1);

    store.append(LOG.stream(), ExpectedState.any(), ProposedEvent.json("$command", "{}"));
    assertThatThrownBy(this::logged)
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("no record of a command");
  }
}
