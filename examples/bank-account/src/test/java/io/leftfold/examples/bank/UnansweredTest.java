// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.UnavailableException.Reason;
import io.leftfold.examples.bank.Requests.Answer;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A store that does what it is asked, and whose answer does not arrive: whoever asks again, as
/// they are told to, books nothing twice.
final class UnansweredTest {

  /// How often what is asked changes the balance of Alice, who has 5,000, and by how much.
  private static final Map<String, Long> CHANGES =
      Map.of("deposits", 100L, "withdrawals", -100L, "transfers", -100L, "payments", -100L);

  private static final String BODY =
      "{\"cents\":100,\"valueDate\":\"2026-07-01\",\"to\":\"bob\",\"iban\":\"%s\"}"
          .formatted(TestBank.IBANS.get(2));

  /// Loses the answer to an append when it is told to, once.
  private static final class Losing extends ForwardingEventStore {
    private boolean loses;
    private boolean isSilent;

    Losing(EventStore store) {
      super(store);
    }

    @Override
    public AppendResult append(Commit commit) {
      var result = super.append(commit);
      if (loses) {
        loses = false;
        throw new UnavailableException(Reason.UNREACHABLE, "The answer was lost");
      }
      return result;
    }

    @Override
    public StreamRead read(StreamName stream, ReadOptions options) {
      if (isSilent) {
        throw new UnavailableException(Reason.UNREACHABLE, "Nobody answers");
      }
      return super.read(stream, options);
    }
  }

  private final Losing store = new Losing(new InMemoryEventStore(new ManualClock(TestBank.START)));

  private static Answer post(Requests bank, String path, String... key) {
    var request =
        bank.at("/accounts/alice/" + path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(BODY));
    for (var one : key) {
      request.header("Idempotency-Key", one);
    }
    return bank.send(request);
  }

  @Test
  void what_is_asked_again_because_nobody_answered_is_booked_once() {
    try (var test = TestBank.on(store);
        var edge =
            HttpEdge.start(0, new BankHttp(test.bank).routes(), Thread.ofVirtual().factory());
        var client = HttpClient.newHttpClient()) {
      var bank = new Requests(client, edge.port());
      test.opened(0, "alice");
      test.opened(1, "bob");
      test.filled("alice", 5_000);

      CHANGES.forEach((path, change) -> {
        var before = test.account("alice").balance();
        store.loses = true;
        var unanswered = post(bank, path, "k");
        assertThat(unanswered.status()).as("%s", unanswered).isEqualTo(503);
        assertThat(unanswered.text("title")).isEqualTo("unanswered");
        assertThat(unanswered.text("detail")).contains("the same Idempotency-Key");
        assertThat(post(bank, path, "k").status()).isEqualTo(200);

        assertThat(test.account("alice").balance()).as(path).isEqualTo(before + change);
      });
    }
  }

  @Test
  void a_question_that_was_not_answered_is_asked_again_and_nothing_is_said_of_doing() {
    try (var test = TestBank.on(store);
        var edge =
            HttpEdge.start(0, new BankHttp(test.bank).routes(), Thread.ofVirtual().factory());
        var client = HttpClient.newHttpClient()) {
      var bank = new Requests(client, edge.port());
      test.opened(0, "alice");
      store.isSilent = true;

      var unanswered = bank.send(bank.at("/accounts/alice/statement"));

      assertThat(unanswered.status()).as("%s", unanswered).isEqualTo(503);
      assertThat(unanswered.text("title")).isEqualTo("unavailable");
      assertThat(unanswered.text("detail")).doesNotContain("Idempotency-Key");
    }
  }

  @Test
  void what_could_be_booked_twice_is_not_begun() {
    try (var test = TestBank.on(store);
        var edge =
            HttpEdge.start(0, new BankHttp(test.bank).routes(), Thread.ofVirtual().factory());
        var client = HttpClient.newHttpClient()) {
      var bank = new Requests(client, edge.port());
      test.opened(0, "alice");
      test.opened(1, "bob");
      test.filled("alice", 5_000);

      for (var path : List.copyOf(CHANGES.keySet())) {
        store.loses = true;
        var refused = post(bank, path);
        assertThat(refused.status()).as("%s: %s", path, refused).isEqualTo(400);
        assertThat(refused.text("title")).isEqualTo("no-key");
      }

      assertThat(test.account("alice").balance()).isEqualTo(5_000);
    }
  }
}
