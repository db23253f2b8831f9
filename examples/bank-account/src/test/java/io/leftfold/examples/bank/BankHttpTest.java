// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.engine.LocalEventStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The bank over HTTP, on the engine in a directory.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BankHttpTest {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  static Path directory;

  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init")
  private LocalEventStore store;

  @SuppressWarnings("NullAway.Init")
  private HttpEdge edge;

  private record Answer(int status, JsonNode body) {}

  @BeforeAll
  void open() {
    store = LocalEventStore.open(directory.resolve("events"));
    var bank = new BankHttp(Bank.on(store, Clock.systemUTC()));
    edge = HttpEdge.start(0, bank.routes(), Thread.ofVirtual().factory());
  }

  @AfterAll
  void close() {
    edge.close();
    store.close();
  }

  private Answer post(String path, String json) throws IOException, InterruptedException {
    return answer(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  private Answer get(String path) throws IOException, InterruptedException {
    return answer(HttpRequest.newBuilder(uri(path)).build());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(edge.port(), path));
  }

  private Answer answer(HttpRequest request) throws IOException, InterruptedException {
    var response = client.send(request, HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), JsonMapper.shared().readTree(response.body()));
  }

  @Test
  void an_account_is_opened_filled_and_shown() throws Exception {
    assertThat(
            post(
                    "/accounts",
                    """
                    {"account":"alice","iban":"DE89 3704 0044 0532 0130 00","owner":"Alice"}\
                    """)
                .status())
        .isEqualTo(200);
    assertThat(post("/accounts/alice/deposits", "{\"cents\":5000}").status()).isEqualTo(200);

    var alice = get("/accounts/alice");
    assertThat(alice.body().get("balance").longValue()).isEqualTo(5_000);
  }
}
