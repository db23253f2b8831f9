// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.examples.bank.HttpEdge.Request;
import io.leftfold.examples.bank.HttpEdge.Response;
import io.leftfold.examples.bank.HttpEdge.Route;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two banks that talk over HTTP, in real time.
@Timeout(60)
final class OtherBankTest {

  /// What the other bank answers, one after the other, and then 202 for ever.
  private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();

  private final BlockingQueue<Request> told = new LinkedBlockingQueue<>();

  private final HttpEdge other =
      HttpEdge.start(
          0,
          List.of(new Route("POST", "/instructions", this::instructed)),
          Thread.ofVirtual().factory());

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init")
  private Main.Open open;

  private Response instructed(Request request) {
    told.add(request);
    var status = answers.poll();
    return Response.json(status == null ? 202 : status, Map.of("detail", "as it was told"));
  }

  @BeforeEach
  void open() {
    open =
        Main.open(
            TestBank.arguments(
                directory,
                "--other-bank",
                "http://127.0.0.1:%d/instructions".formatted(other.port())),
            Clock.systemUTC());
  }

  @AfterEach
  void close() {
    open.close();
    other.close();
    client.close();
  }

  private Requests bank() {
    return new Requests(client, open.port());
  }

  /// The path of a payment.
  private String ordered() {
    for (var request :
        List.of(
            List.of(
                "/accounts",
                "{\"account\":\"alice\",\"iban\":\"DE89370400440532013000\",\"owner\":\"Alice\"}"),
            List.of("/accounts/alice/deposits", "{\"cents\":5000,\"valueDate\":\"2026-07-01\"}"))) {
      assertThat(bank().send("POST", request.getFirst(), request.getLast()).status())
          .isEqualTo(200);
    }
    var answer =
        bank()
            .send(
                "POST",
                "/accounts/alice/payments",
                "{\"iban\":\"GB29NWBK60161331926819\",\"cents\":3000,\"text\":\"Rent\"}");
    return "/accounts/alice/payments/" + answer.text("payment");
  }

  private void awaitPhase(String payment, String phase) {
    while (!bank().send(bank().at(payment)).text("phase").equals(phase)) {
      Thread.onSpinWait();
    }
  }

  private long balance() {
    return bank().send(bank().at("/accounts/alice")).number("balance");
  }

  @Test
  void a_bank_that_stumbles_is_told_again_with_the_same_key_and_confirms() throws Exception {
    answers.addAll(List.of(500, 503));
    var payment = ordered();
    var requests = List.of(told.take(), told.take(), told.take());

    assertThat(requests.getFirst().idempotencyKey()).isPresent();
    assertThat(requests)
        .extracting(Request::idempotencyKey)
        .containsOnly(requests.getFirst().idempotencyKey());
    var body = new Body(requests.getFirst().body());
    assertThat(payment).endsWith("/" + body.text("payment"));
    assertThat(body.text("account")).isEqualTo("alice");
    assertThat(body.text("iban")).isEqualTo("GB29NWBK60161331926819");
    assertThat(body.number("cents")).isEqualTo(3_000);

    var confirmation = bank().at(payment + "/confirmation").POST(BodyPublishers.noBody());
    assertThat(bank().send(confirmation).status()).isEqualTo(200);
    awaitPhase(payment, "confirmed");
    assertThat(balance()).isEqualTo(2_000);
  }

  @Test
  void a_bank_that_refuses_gets_nothing_and_cannot_change_its_mind() {
    answers.add(422);
    var payment = ordered();
    awaitPhase(payment, "returned");

    assertThat(balance()).isEqualTo(5_000);
    var confirmation = bank().at(payment + "/confirmation").POST(BodyPublishers.noBody());
    var late = bank().send(confirmation);
    assertThat(late.status()).isEqualTo(409);
    assertThat(late.text("title")).isEqualTo("payment-is-over");
    assertThat(balance()).isEqualTo(5_000);
  }
}
