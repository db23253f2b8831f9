// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.AppendResult;
import io.leftfold.api.AsOf;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.Tag;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.UnavailableException.Reason;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.Accounts.Account;
import io.leftfold.toolkit.Accounts.AccountCommand;
import io.leftfold.toolkit.Accounts.AccountEvent;
import io.leftfold.toolkit.Accounts.Close;
import io.leftfold.toolkit.Accounts.Closed;
import io.leftfold.toolkit.Accounts.Deposit;
import io.leftfold.toolkit.Accounts.Deposited;
import io.leftfold.toolkit.Accounts.Open;
import io.leftfold.toolkit.Accounts.Opened;
import io.leftfold.toolkit.Accounts.Phase;
import io.leftfold.toolkit.Accounts.Refusal;
import io.leftfold.toolkit.Accounts.Withdraw;
import io.leftfold.toolkit.Accounts.Withdrawn;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// One thread and the model; races, and other stores, are in the verification.
final class CommandHandlerTest {

  private static final StreamName ACCOUNT = Accounts.stream("7");

  private final EventStore store = new InMemoryEventStore(Clock.systemUTC());
  private final CommandHandler<AccountCommand, Account, AccountEvent, Refusal> accounts =
      accountsOn(store);

  private static CommandHandler<AccountCommand, Account, AccountEvent, Refusal> accountsOn(
      EventStore store) {
    return CommandHandler.of(store, Accounts.DECIDER, Accounts.CODEC, Accounts::boundary)
        .with(HandlingOptions.defaults().with(Pauses.none()));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private long lastPosition() {
    return store.lastPosition().orElseThrow();
  }

  private List<RecordedEvent> stored() {
    return store.read(ACCOUNT, ReadOptions.forwards()).events();
  }

  private static Outcome<AccountEvent, Refusal> accepted(long position, AccountEvent... events) {
    return new Outcome.Accepted<>(position, List.of(events), false);
  }

  private static Outcome<AccountEvent, Refusal> rejected(Refusal why) {
    return new Outcome.Rejected<>(why);
  }

  @Test
  void commands_are_decided_on_what_happened_before() {
    assertThat(accounts.handle(new Deposit("7", 50))).isEqualTo(rejected(Refusal.NOT_OPEN));
    assertThat(accounts.handle(new Open("7"))).isEqualTo(accepted(1, new Opened()));
    assertThat(accounts.handle(new Open("7"))).isEqualTo(rejected(Refusal.OPEN_ALREADY));
    assertThat(accounts.handle(new Deposit("7", 50))).isEqualTo(accepted(2, new Deposited(50)));
    assertThat(accounts.handle(new Withdraw("7", 80))).isEqualTo(rejected(Refusal.OVERDRAWN));
    assertThat(accounts.handle(new Close("7")))
        .isEqualTo(accepted(4, new Withdrawn(50), new Closed()));

    assertThat(stored())
        .extracting(RecordedEvent::type)
        .containsExactly("AccountOpened", "MoneyDeposited", "MoneyWithdrawn", "AccountClosed");
  }

  @Test
  void a_rejection_writes_nothing() {
    accounts.handle(new Open("7"));
    var before = lastPosition();

    accounts.handle(CommandId.of("w"), new Withdraw("7", 1));

    assertThat(lastPosition()).isEqualTo(before);
  }

  @Test
  void a_command_that_leads_to_nothing_tells_what_it_rests_on() {
    accounts.handle(new Open("7"));
    accounts.handle(new Open("8"));

    assertThat(accounts.handle(new Deposit("7", 0))).isEqualTo(accepted(1));
    assertThat(
            CommandHandler.of(
                    store,
                    Decider.<String, Integer, AccountEvent, Refusal>of(
                        0, (_, _) -> Decision.accept(), (count, _) -> count + 1),
                    Accounts.CODEC,
                    _ -> Boundary.stream(StreamName.of("nothing")))
                .handle("do nothing"))
        .isEqualTo(accepted(-1));
  }

  @Test
  void the_state_that_a_decision_was_made_by_can_be_had_later() {
    accounts.handle(new Open("7"));
    accounts.handle(new Deposit("7", 50));
    accounts.handle(new Close("7"));
    var boundary = Boundary.<AccountEvent>stream(ACCOUNT);

    assertThat(accounts.stateAsOf(boundary, new AsOf.Position(3)))
        .isEqualTo(new Account(Phase.OPEN, 50));
    assertThat(accounts.state(boundary)).isEqualTo(new Account(Phase.CLOSED, 0));
  }

  @Test
  void nothing_is_written_behind_the_end() {
    var careless =
        Decider.of(
                0,
                (Integer command, Integer _) ->
                    Decision.<AccountEvent, Refusal>accept(
                        Collections.nCopies(command, new Deposited(1))),
                (Integer count, AccountEvent _) -> count + 1)
            .endingWhen(count -> count == 2);
    var handler =
        CommandHandler.of(store, careless, Accounts.CODEC, (Integer _) -> Boundary.stream(ACCOUNT));

    assertThatIllegalStateException()
        .isThrownBy(() -> handler.handle(3))
        .withMessageContaining("Deposited[amount=1]")
        .withMessageContaining("state 2");
    assertThat(stored()).isEmpty();

    assertThat(handler.handle(2)).isInstanceOf(Outcome.Accepted.class);
    assertThatIllegalStateException().isThrownBy(() -> handler.handle(1));
    assertThat(stored()).hasSize(2);
  }

  // ---- given again

  @Test
  void a_command_that_is_given_again_is_answered_as_the_first_time() {
    accounts.handle(new Open("7"));
    accounts.handle(new Deposit("7", 50));
    var first = accounts.handle(CommandId.of("w"), new Withdraw("7", 50));
    // By now it would be rejected, and then accepted once more.
    var emptied = accounts.handle(CommandId.of("w"), new Withdraw("7", 50));
    accounts.handle(new Deposit("7", 1000));
    var filled = accounts.handle(CommandId.of("w"), new Withdraw("7", 50));

    var repeated = new Outcome.Accepted<AccountEvent, Refusal>(3, List.of(new Withdrawn(50)), true);
    assertThat(first).isEqualTo(accepted(3, new Withdrawn(50)));
    assertThat(emptied).isEqualTo(repeated);
    assertThat(filled).isEqualTo(repeated);
    assertThat(accounts.state(Boundary.stream(ACCOUNT)).balance()).isEqualTo(1000);
  }

  @Test
  void all_events_of_a_command_come_back_in_order() {
    accounts.handle(new Open("7"));
    accounts.handle(new Deposit("7", 50));
    accounts.handle(CommandId.of("close"), new Close("7"));

    assertThat(accounts.handle(CommandId.of("close"), new Close("7")))
        .isEqualTo(
            new Outcome.Accepted<AccountEvent, Refusal>(
                4, List.of(new Withdrawn(50), new Closed()), true));
  }

  @Test
  void a_command_without_an_id_is_a_new_one_each_time() {
    accounts.handle(new Open("7"));
    accounts.handle(new Deposit("7", 5));
    accounts.handle(new Deposit("7", 5));

    assertThat(accounts.state(Boundary.stream(ACCOUNT)).balance()).isEqualTo(10);
  }

  @Test
  void a_rejection_does_not_bind_the_command() {
    accounts.handle(new Open("7"));
    assertThat(accounts.handle(CommandId.of("w"), new Withdraw("7", 50)))
        .isEqualTo(rejected(Refusal.OVERDRAWN));
    accounts.handle(new Deposit("7", 50));

    assertThat(accounts.handle(CommandId.of("w"), new Withdraw("7", 50)))
        .isEqualTo(accepted(3, new Withdrawn(50)));
  }

  @Test
  void a_command_is_known_though_its_stream_hides_or_lost_its_events() {
    accounts.handle(new Open("7"));
    var id = CommandId.of("d");
    accounts.handle(id, new Deposit("7", 50));
    store.delete(ACCOUNT, ExpectedState.any());
    accounts.handle(new Open("7"));

    assertThat(accounts.handle(id, new Deposit("7", 50)))
        .isEqualTo(
            new Outcome.Accepted<AccountEvent, Refusal>(2, List.of(new Deposited(50)), true));
    assertThat(accounts.state(Boundary.stream(ACCOUNT)).balance()).isZero();
  }

  @Test
  void a_command_is_known_though_its_own_boundary_does_not_see_its_events() {
    var notes = StreamName.of("notes");
    var handler =
        CommandHandler.of(
            store,
            Decider.<Long, Integer, AccountEvent, Refusal>of(
                0, (amount, _) -> Decision.accept(new Deposited(amount)), (count, _) -> count + 1),
            Accounts.CODEC,
            _ -> Boundary.query(Query.of(Query.tagged(Tag.of("nobody", "has it"))), _ -> notes));

    handler.handle(CommandId.of("d"), 5L);
    handler.handle(CommandId.of("d"), 5L);

    assertThat(store.read(notes, ReadOptions.forwards()).events()).hasSize(1);
  }

  @Test
  void the_ids_of_a_commands_events_are_the_same_on_every_store() {
    accounts.handle(CommandId.of("open"), new Open("7"));

    assertThat(stored())
        .singleElement()
        .satisfies(event -> {
          assertThat(event.id()).isEqualTo(CommandId.of("open").eventId(0));
          assertThat(event.tags()).containsExactly(CommandId.of("open").tag());
        });
  }

  @Test
  void who_gets_no_answer_is_told_what_to_do_about_the_command() {
    accounts.handle(new Open("7"));
    var silent =
        accountsOn(
            new ForwardingEventStore(store) {
              @Override
              public AppendResult append(Commit commit) {
                super.append(commit);
                throw new UnavailableException(Reason.UNREACHABLE, "repeat the event ids");
              }
            });

    assertThatThrownBy(() -> silent.handle(CommandId.of("d"), new Deposit("7", 5)))
        .isInstanceOfSatisfying(
            UnavailableException.class,
            error -> assertThat(error.reason()).isEqualTo(Reason.UNREACHABLE))
        .hasMessageContaining("Command d may have been accepted")
        .hasMessageContaining("same id")
        .hasMessageNotContaining("event ids");
    assertThatThrownBy(() -> silent.handle(new Deposit("7", 5)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("without an id");
  }

  // ---- others were quicker

  /// A store in which somebody writes just before each append, so many times.
  private static final class Intruded extends ForwardingEventStore {
    private final Runnable intruder;
    private int times;

    Intruded(EventStore store, int times, Runnable intruder) {
      super(store);
      this.times = times;
      this.intruder = intruder;
    }

    @Override
    public AppendResult append(Commit commit) {
      if (times-- > 0) {
        intruder.run();
      }
      return super.append(commit);
    }
  }

  @Test
  void a_command_is_decided_again_on_what_others_wrote_meanwhile() {
    accounts.handle(new Open("7"));
    accounts.handle(new Deposit("7", 50));
    var slower = accountsOn(new Intruded(store, 1, () -> accounts.handle(new Withdraw("7", 20))));

    assertThat(slower.handle(new Withdraw("7", 50))).isEqualTo(rejected(Refusal.OVERDRAWN));
  }

  @Test
  void a_command_that_loses_each_time_says_so() {
    accounts.handle(new Open("7"));
    accounts.handle(new Deposit("7", 10));
    var pauses = new ArrayList<Integer>();
    var intruded = new Intruded(store, 3, () -> accounts.handle(new Deposit("7", 1)));
    var slower =
        accountsOn(intruded).with(HandlingOptions.defaults().withAttemptsMax(3).with(pauses::add));

    assertThatThrownBy(() -> slower.handle(new Withdraw("7", 1)))
        .isInstanceOfSatisfying(
            TooManyConflictsException.class, error -> assertThat(error.attempts()).isEqualTo(3))
        .hasMessageContaining("stream account-7")
        .hasCauseInstanceOf(WrongExpectedStateException.class);
    assertThat(pauses).containsExactly(1, 2);
    assertThat(accounts.state(Boundary.stream(ACCOUNT)).balance()).isEqualTo(13);
  }

  @Test
  void an_interrupt_ends_the_pause_and_is_kept() {
    accounts.handle(new Open("7"));
    accounts.handle(new Deposit("7", 10));
    var intruded = new Intruded(store, 9, () -> accounts.handle(new Deposit("7", 1)));
    var slower =
        accountsOn(intruded)
            .with(
                HandlingOptions.defaults()
                    .with((int _) -> {
                      throw new InterruptedException();
                    }));

    assertThatThrownBy(() -> slower.handle(new Withdraw("7", 1)))
        .isInstanceOf(TooManyConflictsException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  // ---- what is not understood

  @Test
  void no_decision_rests_on_events_that_are_not_understood() {
    accounts.handle(new Open("7"));
    store.append(ACCOUNT, ExpectedState.any(), ProposedEvent.json("AccountFrozen", "null"));

    assertThatThrownBy(() -> accounts.handle(new Deposit("7", 5)))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("AccountFrozen 1@account-7");
    assertThat(stored()).hasSize(2);
  }

  @Test
  void what_is_unknown_may_be_passed_over() {
    accounts.handle(new Open("7"));
    store.append(ACCOUNT, ExpectedState.any(), ProposedEvent.json("StatementPrinted", "null"));
    var tolerant = accounts.with(HandlingOptions.defaults().with(UnknownEvents.PASS_OVER));

    assertThat(tolerant.handle(new Deposit("7", 5))).isEqualTo(accepted(3, new Deposited(5)));
  }

  @Test
  void a_tombstoned_stream_decides_nothing_any_more() {
    accounts.handle(new Open("7"));
    store.tombstone(ACCOUNT, ExpectedState.any());

    assertThatThrownBy(() -> accounts.handle(new Deposit("7", 5)))
        .isInstanceOf(StreamTombstonedException.class);
  }

  // ---- where events go

  @Test
  void events_of_several_streams_keep_their_order_in_one_commit() {
    Function<AccountEvent, StreamName> home =
        event ->
            switch (event) {
              case Deposited _ -> StreamName.of("in");
              case Withdrawn _, Opened _, Closed _ -> StreamName.of("out");
            };
    var events =
        List.<AccountEvent>of(
            new Withdrawn(1), new Deposited(2), new Deposited(3), new Withdrawn(4));
    var handler =
        CommandHandler.of(
            store,
            Decider.<String, Integer, AccountEvent, Refusal>of(
                0, (_, _) -> Decision.accept(events), (count, _) -> count + 1),
            Accounts.CODEC,
            _ -> Boundary.query(Query.of(Query.typed("MoneyDeposited", "MoneyWithdrawn")), home));

    assertThat(handler.handle("all"))
        .isEqualTo(new Outcome.Accepted<AccountEvent, Refusal>(4, events, false));
    assertThat(store.readAll(ReadOptions.forwards().from(1)).events())
        .extracting(event -> event.stream() + " " + event.revision() + " " + event.dataAsText())
        .containsExactly("out 0 1", "in 0 2", "in 1 3", "out 1 4");
  }
}
