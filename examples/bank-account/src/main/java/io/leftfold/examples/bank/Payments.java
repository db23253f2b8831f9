// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static io.leftfold.toolkit.JsonBinding.jackson;

import io.leftfold.api.EventFilter;
import io.leftfold.api.Query;
import io.leftfold.examples.bank.BankEvent.AccountOpened;
import io.leftfold.examples.bank.BankEvent.BookingReversed;
import io.leftfold.examples.bank.BankEvent.CreditLineSet;
import io.leftfold.examples.bank.BankEvent.MoneyDeposited;
import io.leftfold.examples.bank.BankEvent.MoneyWithdrawn;
import io.leftfold.examples.bank.BankEvent.PaymentConfirmed;
import io.leftfold.examples.bank.BankEvent.PaymentOrdered;
import io.leftfold.examples.bank.BankEvent.PaymentReturned;
import io.leftfold.examples.bank.BankEvent.TransferReceived;
import io.leftfold.examples.bank.BankEvent.TransferSent;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.process.Correlation;
import io.leftfold.toolkit.process.Effect;
import io.leftfold.toolkit.process.Input;
import io.leftfold.toolkit.process.ProcessDefinition;
import io.leftfold.toolkit.process.ProcessManager;
import io.leftfold.toolkit.process.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Payments to other banks: a process for each, which ends in one of two ways.
///
/// When a payment is ordered its money is set aside, the other bank is told, and a deadline begins
/// to run. The other bank takes the money by confirming the payment. If it refuses, or the deadline
/// passes, the money is given back; from then on a confirmation is rejected, and the other bank
/// knows that it has nothing to pay out. Which of the two comes first is decided by the account, in
/// one place: so the money is gone or back, once, and never both.
///
/// That the other bank cannot be reached ends nothing: it may have been told all the same. The
/// deadline sees to it.
final class Payments implements ProcessManager<BankEvent, Payments.State, Payments.Order> {

  private static final String DEADLINE = "deadline";
  private static final String TO_THE_OTHER_BANK = "other bank";
  private static final String TO_THE_ACCOUNT = "account";

  private final Duration patience;

  /// @param patience how long the other bank has to confirm
  Payments(Duration patience) {
    this.patience = patience;
  }

  /// What the process wants of others.
  sealed interface Order {}

  /// To the other bank.
  ///
  /// @param account that the money comes from, to be named in the confirmation
  /// @param until when it has to be confirmed
  record Instruct(
      String account, String payment, String iban, long cents, String text, Instant until)
      implements Order {}

  /// To the account that the money came from.
  record GiveBack(String account, String payment, String why) implements Order {}

  record State(String account, String payment, Phase phase) {
    enum Phase {
      WAITING,
      GIVING_BACK,
      OVER
    }

    State in(Phase next) {
      return new State(account, payment, next);
    }
  }

  static ProcessDefinition<BankEvent, State, Order> process(Duration patience) {
    var followed = Query.typed("PaymentOrdered", "PaymentConfirmed", "PaymentReturned");
    return ProcessDefinition.of("payments", new Payments(patience), Accounts.EVENTS, ORDERS)
        .following(EventFilter.matching(Query.of(followed)));
  }

  private static final EventTypes<Order> ORDERS =
      EventTypes.of(Order.class)
          .type("Instruct", 1, Instruct.class, jackson(Instruct.class))
          .type("GiveBack", 1, GiveBack.class, jackson(GiveBack.class))
          .build();

  @Override
  public Correlation correlate(BankEvent event) {
    return switch (event) {
      case PaymentOrdered ordered -> Correlation.start(ordered.payment());
      case PaymentConfirmed confirmed -> Correlation.continued(confirmed.payment());
      case PaymentReturned returned -> Correlation.continued(returned.payment());
      case AccountOpened _,
          CreditLineSet _,
          MoneyDeposited _,
          MoneyWithdrawn _,
          TransferSent _,
          TransferReceived _,
          BookingReversed _ ->
          Correlation.ignored();
    };
  }

  @Override
  public State initialState() {
    return new State("", "", State.Phase.WAITING);
  }

  @Override
  public State evolve(State state, Input<BankEvent, Order> input) {
    return switch (input) {
      case Input.Occurred<BankEvent, Order>(PaymentOrdered ordered, _) ->
          new State(ordered.account(), ordered.payment(), State.Phase.WAITING);
      case Input.Occurred<BankEvent, Order> _ -> state.in(State.Phase.OVER);
      case Input.Fired<BankEvent, Order> _ -> state.in(State.Phase.GIVING_BACK);
      case Input.Settled<BankEvent, Order>(_, Instruct _, Settlement.Rejected _) ->
          state.in(State.Phase.GIVING_BACK);
      case Input.Settled<BankEvent, Order> _ -> state;
    };
  }

  @Override
  public List<Effect<Order>> react(State state, Input<BankEvent, Order> input) {
    return switch (input) {
      case Input.Occurred<BankEvent, Order>(PaymentOrdered ordered, var recorded) -> {
        var until = recorded.plus(patience);
        yield List.of(
            Effect.startTimerAt(DEADLINE, until),
            Effect.send(TO_THE_OTHER_BANK, instruction(ordered, until)));
      }
      case Input.Occurred<BankEvent, Order> _ -> List.of();
      case Input.Fired<BankEvent, Order>(_, var due) ->
          List.of(giveBack(state, "The other bank did not confirm by " + due));
      case Input.Settled<BankEvent, Order>(_, Instruct _, Settlement.Rejected(var why)) ->
          List.of(Effect.cancelTimer(DEADLINE), giveBack(state, why));
      case Input.Settled<BankEvent, Order>(_, GiveBack _, Settlement.Failed(_, var error)) ->
          throw new IllegalStateException(
              "Payment %s could not be given back: %s".formatted(state.payment(), error));
      case Input.Settled<BankEvent, Order> _ -> List.of();
    };
  }

  /// In a lane of its own: what goes back does not wait for a bank that does not answer.
  private static Effect<Order> giveBack(State state, String why) {
    return Effect.send(
        TO_THE_ACCOUNT, new GiveBack(state.account(), state.payment(), BankCommand.shortened(why)));
  }

  private static Order instruction(PaymentOrdered ordered, Instant until) {
    return new Instruct(
        ordered.account(),
        ordered.payment(),
        ordered.iban(),
        ordered.cents(),
        ordered.text(),
        until);
  }

  @Override
  public boolean isTerminal(State state) {
    return state.phase() == State.Phase.OVER;
  }
}
