// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.examples.bank.BankCommand.ConfirmPayment;
import io.leftfold.examples.bank.BankCommand.OrderPayment;
import io.leftfold.examples.bank.BankEvent.PaymentConfirmed;
import io.leftfold.examples.bank.BankEvent.PaymentOrdered;
import io.leftfold.examples.bank.BankEvent.PaymentReturned;
import io.leftfold.examples.bank.Payment.Phase;
import io.leftfold.examples.bank.Payments.GiveBack;
import io.leftfold.examples.bank.Payments.Instruct;
import io.leftfold.examples.bank.Refusal.PaymentIsOver;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.Outcome;
import io.leftfold.toolkit.process.CommandTarget;
import io.leftfold.toolkit.process.Effect;
import io.leftfold.toolkit.process.InstanceReport;
import io.leftfold.toolkit.process.ProcessSpecification;
import io.leftfold.toolkit.process.Settlement;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Payments to another bank: taken, refused, forgotten.
final class PaymentsTest {

  private static final LocalDate DAY = LocalDate.ofInstant(TestBank.START, ZoneOffset.UTC);
  private static final String IBAN = TestBank.IBANS.get(2);
  private static final Duration PATIENCE = TestBank.PATIENCE;
  private static final Duration A_BIT = Duration.ofSeconds(1);

  // ---- by examples

  private static final PaymentOrdered ORDERED =
      new PaymentOrdered("alice", "p1", IBAN, 3_000, DAY, "rent");
  private static final Instant UNTIL = Instant.EPOCH.plus(PATIENCE);
  private static final Instruct INSTRUCT = new Instruct("alice", "p1", IBAN, 3_000, "rent", UNTIL);

  private static Effect<Payments.Order> giveBack(String why) {
    return Effect.send("account", new GiveBack("alice", "p1", why));
  }

  private static ProcessSpecification<BankEvent, Payments.State, Payments.Order> payment() {
    return ProcessSpecification.of(new Payments(PATIENCE), "p1");
  }

  @Test
  void the_other_bank_is_told_and_has_until_the_deadline() {
    payment()
        .when(ORDERED)
        .then(Effect.startTimerAt("deadline", UNTIL), Effect.send("other bank", INSTRUCT));
    payment().given(ORDERED).whenSettled(INSTRUCT, new Settlement.Accepted("noted")).thenNothing();
    payment().given(ORDERED).whenTimePasses(PATIENCE.minus(A_BIT)).thenNothing();
    payment().given(ORDERED).when(new PaymentConfirmed("alice", "p1")).thenCompleted();
  }

  @Test
  void what_is_refused_or_forgotten_is_given_back() {
    payment()
        .given(ORDERED)
        .whenSettled(INSTRUCT, new Settlement.Rejected("no such account"))
        .then(Effect.cancelTimer("deadline"), giveBack("no such account"));
    payment()
        .given(ORDERED)
        .whenTimePasses(PATIENCE)
        .then(giveBack("The other bank did not confirm by " + UNTIL));
    payment()
        .given(ORDERED)
        .givenTimePassed(PATIENCE)
        .when(new PaymentReturned("alice", "p1", 3_000, DAY, "late"))
        .thenCompleted();
  }

  @Test
  void a_bank_that_cannot_be_reached_may_have_been_told() {
    payment()
        .given(ORDERED)
        .whenSettled(INSTRUCT, new Settlement.Failed(9, "timeout"))
        .thenNothing();
  }

  @Test
  void an_operator_looks_when_money_cannot_be_given_back() {
    var late = new GiveBack("alice", "p1", "The other bank did not confirm by " + UNTIL);
    payment()
        .given(ORDERED)
        .givenTimePassed(PATIENCE)
        .whenSettled(late, new Settlement.Failed(9, "the store is full"))
        .thenParked();
  }

  // ---- on a store

  /// Answers as it is told, and remembers what it was asked.
  private static final class Recorder implements CommandTarget<Instruct> {
    private final List<Instruct> told = new ArrayList<>();
    private final List<CommandId> ids = new ArrayList<>();
    private final CommandTarget<Instruct> answer;

    Recorder(CommandTarget<Instruct> answer) {
      this.answer = answer;
    }

    @Override
    public Settlement handle(CommandId id, Instruct instruction) throws Exception {
      told.add(instruction);
      ids.add(id);
      return answer.handle(id, instruction);
    }
  }

  private static TestBank ordered(Recorder other) {
    var test = TestBank.inMemory(other);
    test.opened(0, "alice");
    test.filled("alice", 5_000);
    test.does(new OrderPayment("alice", "p1", Iban.of(IBAN), 3_000, test.bank.today(), "rent"));
    test.goOn();
    return test;
  }

  private static long returns(TestBank test) {
    return test.events("alice").filter(PaymentReturned.class::isInstance).count();
  }

  private static Phase phase(TestBank test) {
    return test.bank.payment("alice", "p1").orElseThrow().phase();
  }

  @Test
  void money_that_is_confirmed_is_gone() {
    var other = new Recorder((_, _) -> new Settlement.Accepted("noted"));
    try (var test = ordered(other)) {
      assertThat(test.account("alice").balance()).isEqualTo(2_000);
      assertThat(other.told)
          .containsExactly(
              new Instruct("alice", "p1", IBAN, 3_000, "rent", TestBank.START.plus(PATIENCE)));

      test.does(new ConfirmPayment("alice", "p1"));
      test.goOn();
      test.clock.advance(PATIENCE.multipliedBy(2));
      test.goOn();

      assertThat(phase(test)).isEqualTo(Phase.CONFIRMED);
      assertThat(test.account("alice").balance()).isEqualTo(2_000);
      assertThat(returns(test)).isZero();
      assertThat(test.bank.payments().report("p1").phase())
          .isEqualTo(InstanceReport.Phase.COMPLETED);
    }
  }

  @Test
  void money_that_is_refused_comes_back_once() {
    var other = new Recorder((_, _) -> new Settlement.Rejected("no such account"));
    try (var test = ordered(other)) {
      assertThat(phase(test)).isEqualTo(Phase.RETURNED);
      assertThat(test.account("alice").balance()).isEqualTo(5_000);

      test.clock.advance(PATIENCE.multipliedBy(2));
      test.goOn();

      assertThat(returns(test)).isEqualTo(1);
      assertThat(test.account("alice").balance()).isEqualTo(5_000);
    }
  }

  @Test
  void a_long_story_of_the_other_bank_fits_onto_the_statement() {
    var other = new Recorder((_, _) -> new Settlement.Rejected("no ".repeat(5_000)));
    try (var test = ordered(other)) {
      test.bank.projector().catchUp();

      assertThat(test.bank.projector().parked()).isEmpty();
      assertThat(test.bank.overview().ledger(test.bank.today())).hasSize(3);
    }
  }

  @Test
  void money_comes_back_once_when_the_deadline_passes_and_no_moment_before() {
    var other = new Recorder((_, _) -> new Settlement.Accepted("noted"));
    try (var test = ordered(other)) {
      test.clock.advance(PATIENCE.minus(A_BIT));
      test.goOn();
      assertThat(phase(test)).isEqualTo(Phase.OPEN);

      test.clock.advance(A_BIT);
      test.goOn();
      test.goOn();

      assertThat(phase(test)).isEqualTo(Phase.RETURNED);
      assertThat(returns(test)).isEqualTo(1);
      assertThat(test.account("alice").balance()).isEqualTo(5_000);
      assertThat(test.tries(new ConfirmPayment("alice", "p1")))
          .isEqualTo(
              new Outcome.Rejected<BankEvent, Refusal>(new PaymentIsOver("p1", Phase.RETURNED)));
    }
  }

  @Test
  void money_comes_back_from_a_bank_that_is_never_reached() {
    var other =
        new Recorder((_, _) -> {
          throw new IOException("nobody there");
        });
    try (var test = ordered(other)) {
      for (var step = Duration.ZERO;
          step.compareTo(PATIENCE) < 0;
          step = step.plus(Duration.ofMinutes(5))) {
        test.clock.advance(Duration.ofMinutes(5));
        test.goOn();
      }

      assertThat(other.told).hasSizeGreaterThan(1);
      assertThat(other.ids).containsOnly(other.ids.getFirst());
      assertThat(phase(test)).isEqualTo(Phase.RETURNED);
      assertThat(returns(test)).isEqualTo(1);
      assertThat(test.account("alice").balance()).isEqualTo(5_000);
    }
  }

  @Test
  void a_confirmation_that_is_quicker_than_the_return_wins() {
    var other = new Recorder((_, _) -> new Settlement.Accepted("noted"));
    try (var test = ordered(other)) {
      test.clock.advance(PATIENCE);
      try (var payments = test.bank.payments().stepByStep()) {
        while (!isGivingBack(test) && payments.step()) {
          // Up to the moment at which the timer has fired, and nothing is given back yet.
        }
      }
      assertThat(isGivingBack(test)).isTrue();
      test.does(new ConfirmPayment("alice", "p1"));
      test.goOn();

      assertThat(phase(test)).isEqualTo(Phase.CONFIRMED);
      assertThat(returns(test)).isZero();
      assertThat(test.account("alice").balance()).isEqualTo(2_000);
    }
  }

  private static boolean isGivingBack(TestBank test) {
    return test.bank.payments().state("p1").phase() == Payments.State.Phase.GIVING_BACK;
  }
}
