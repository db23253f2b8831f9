// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.examples.bank.BankCommand.OrderPayment;
import io.leftfold.examples.bank.BankEvent.MoneyDeposited;
import io.leftfold.examples.bank.Requests.Answer;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import io.leftfold.toolkit.ProjectionStatus;
import java.net.http.HttpClient;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What operators see of what stands still, and how they let it go on.
final class OperatorHttpTest {

  /// Takes no money back, as long as it is told so.
  private static final class Jammed extends ForwardingEventStore {
    private boolean jams;

    Jammed(EventStore store) {
      super(store);
    }

    @Override
    public AppendResult append(Commit commit) {
      if (jams
          && commit.parts().stream()
              .flatMap(part -> part.events().stream())
              .anyMatch(event -> event.type().equals("PaymentReturned"))) {
        throw new IllegalStateException("The money is stuck");
      }
      return super.append(commit);
    }
  }

  private final ManualClock clock = new ManualClock(TestBank.START);
  private final Jammed store = new Jammed(new InMemoryEventStore(clock));
  private final TestBank test = TestBank.on(store, clock);
  private final HttpEdge edge =
      HttpEdge.start(0, Main.routes(test.bank), Thread.ofVirtual().factory());
  private final HttpClient client = HttpClient.newHttpClient();
  private final Requests bank = new Requests(client, edge.port());

  @AfterEach
  void close() {
    client.close();
    edge.close();
    test.close();
  }

  private Answer get(String path) {
    return bank.send(bank.at("/operations/" + path));
  }

  private Answer post(String path, String json) {
    return bank.send("POST", "/operations/" + path, json);
  }

  private static Answer done(Answer answer) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    return answer;
  }

  private static void isProblem(Answer answer, int status, String title) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(status);
    assertThat(answer.text("title")).isEqualTo(title);
  }

  // ---- payments

  /// Ordered, forgotten by the other bank, and impossible to give back.
  private void parked(String payment) {
    test.opened(0, "alice");
    test.filled("alice", 5_000);
    test.does(
        new OrderPayment(
            "alice", payment, Iban.of(TestBank.IBANS.get(2)), 3_000, test.bank.today(), "rent"));
    test.goOn();
    store.jams = true;
    clock.advance(TestBank.PATIENCE);
    try (var payments = test.bank.payments().stepByStep()) {
      for (var minutes = 0; minutes < 30; minutes++) {
        payments.untilIdle();
        clock.advance(Duration.ofMinutes(1));
      }
    }
  }

  @Test
  void money_that_could_not_be_given_back_is_given_back_when_somebody_says_so() {
    parked("p1");

    var parked = done(get("payments")).body().get("parked");
    assertThat(parked).hasSize(1);
    assertThat(parked.get(0).get("payment").stringValue()).isEqualTo("p1");
    assertThat(parked.get(0).get("why").stringValue()).contains("The money is stuck");
    assertThat(done(get("payments/p1")).body().get("steps").toString())
        .contains("The other bank did not confirm by");

    isProblem(post("payments/p1/retry", "{}"), 400, "bad-request");
    store.jams = false;
    done(post("payments/p1/retry", "{\"by\":\"Olga\"}"));
    test.goOn();

    assertThat(test.bank.payment("alice", "p1").orElseThrow().phase())
        .isEqualTo(Payment.Phase.RETURNED);
    assertThat(test.account("alice").balance()).isEqualTo(5_000);
    assertThat(done(get("payments")).body().get("parked")).isEmpty();
    isProblem(post("payments/p1/retry", "{\"by\":\"Olga\"}"), 409, "not-parked");
  }

  @Test
  void a_payment_that_was_seen_to_by_hand_goes_on_without() {
    parked("p1");

    done(post("payments/p1/resumption", "{\"by\":\"Olga\"}"));
    test.goOn();
    assertThat(done(get("payments")).body().get("parked")).hasSize(1);
    done(post("payments/p1/skip", "{\"by\":\"Olga\"}"));
    test.goOn();

    assertThat(done(get("payments")).body().get("parked")).isEmpty();
    assertThat(get("payments/p1").body().get("steps").toString()).contains("Olga");
  }

  @Test
  void an_event_of_a_payment_that_cannot_be_read_waits_aside() {
    happened(ProposedEvent.json("PaymentOrdered", "{}").withMetadata("{\"schemaVersion\":99}"));
    test.goOn();

    var aside = done(get("payments")).body().get("aside");
    assertThat(aside).hasSize(1);
    assertThat(aside.get(0).get("cause").stringValue()).contains("newer program");
    var path = "payments/aside/" + aside.get(0).get("position").longValue();
    isProblem(post(path + "/resumption", "{}"), 400, "bad-request");
    isProblem(post(path + "/resumption", "{\"by\":\"Olga\"}"), 409, "fails-again");
    isProblem(post("payments/aside/0/skip", "{\"by\":\"Olga\"}"), 404, "not-parked");

    assertThat(done(post(path + "/skip", "{\"by\":\"Olga\"}")).body().get("aside")).isEmpty();
  }

  @Test
  void there_is_nothing_to_do_for_a_payment_that_is_not_there() {
    isProblem(get("payments/p9"), 404, "no-such-payment");
    for (var what : new String[] {"resumption", "retry", "skip"}) {
      isProblem(post("payments/p9/" + what, "{\"by\":\"Olga\"}"), 404, "no-such-payment");
    }
  }

  // ---- the overview

  private void happened(ProposedEvent event) {
    var _ = store.append(Accounts.stream("alice"), ExpectedState.any(), event);
  }

  @Test
  void an_account_that_could_not_be_shown_is_shown_when_the_cause_is_gone() throws SQLException {
    test.opened(0, "alice");
    test.opened(1, "bob");
    var tooLong = new MoneyDeposited("alice", 7, test.bank.today(), "x".repeat(300));
    happened(test.types.encode(tooLong));
    test.filled("bob", 1);
    test.bank.projector().catchUp();

    var now = done(get("overview")).body();
    assertThat(now.get("parked")).hasSize(1);
    assertThat(now.get("parked").get(0).get("partition").stringValue()).isEqualTo("alice");
    assertThat(now.get("lag").longValue()).isZero();
    var position = now.get("parked").get(0).get("position").longValue();
    isProblem(bank.send(bank.at("/accounts?seen=" + position)), 503, "stands-still");
    isProblem(post("overview/accounts/alice/resumption", "{}"), 409, "fails-again");

    try (var connection = test.database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("ALTER TABLE ledger_v3 ALTER COLUMN description VARCHAR(400)");
    }
    assertThat(done(post("overview/accounts/alice/resumption", "{}")).body().get("parked"))
        .isEmpty();
    assertThat(test.bank.overview().accounts())
        .extracting(row -> row.account() + " " + row.balance())
        .containsExactly("alice 7", "bob 1");
  }

  @Test
  void an_overview_that_has_stopped_is_not_shown_as_if_it_was_of_today() {
    test.opened(0, "alice");
    test.bank.projector().catchUp();
    done(bank.send(bank.at("/accounts")));

    store.close();
    test.bank.projector().start();
    while (test.bank.projector().status().phase() != ProjectionStatus.Phase.STOPPED) {
      Thread.onSpinWait();
    }

    isProblem(bank.send(bank.at("/accounts")), 503, "stands-still");
    isProblem(bank.send(bank.at("/ledger")), 503, "stands-still");
  }

  @Test
  void an_event_that_nobody_can_read_stops_nobody_and_can_be_left_out() {
    test.opened(0, "alice");
    happened(ProposedEvent.json("MoneyDeposited", "{\"account\":\"alice\",\"cents\":\"many\"}"));
    test.opened(1, "bob");
    test.filled("bob", 1);
    test.bank.projector().catchUp();

    var parked = done(get("overview")).body().get("parked");
    assertThat(parked).hasSize(1);
    assertThat(parked.get(0).get("partition").stringValue()).isEqualTo("$unreadable");
    assertThat(test.bank.overview().accounts().getLast().balance()).isEqualTo(1);

    isProblem(bank.send(bank.at("/operations/overview/unreadable/x").DELETE()), 400, "bad-request");
    isProblem(bank.send(bank.at("/operations/overview/unreadable/0").DELETE()), 404, "not-parked");
    var position = parked.get(0).get("position").longValue();
    done(bank.send(bank.at("/operations/overview/unreadable/" + position).DELETE()));

    assertThat(done(get("overview")).body().get("parked").toString()).doesNotContain("unreadable");
  }
}
