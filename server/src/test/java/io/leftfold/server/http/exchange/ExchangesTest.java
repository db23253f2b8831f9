// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.access.Authenticator;
import io.leftfold.server.edge.Edge;
import io.leftfold.server.edge.EdgeOptions;
import io.leftfold.server.node.Node;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whoever asks is answered, and gives back what it took.
@Timeout(60)
final class ExchangesTest {

  private static final int PAGES_AT_ONCE = 2;

  private final LocalEventStore store = LocalEventStore.inMemory();
  private final HttpClient http = HttpClient.newHttpClient();
  private Edge edge;

  @BeforeEach
  void listen() throws IOException {
    var exchanges =
        new Exchanges(
            new Node(store),
            Authenticator.trusting(),
            Thread.ofVirtual().factory(),
            1_000,
            Duration.ofSeconds(10));
    edge =
        Edge.start(
            EdgeOptions.defaults()
                .withAddress("127.0.0.1", 0)
                .withLimits(EdgeOptions.defaults().limits().withCalls(1, PAGES_AT_ONCE)),
            Map.of(),
            router -> router.route("/broken").handler(exchanges.answering(new Broken())));
  }

  @AfterEach
  void close() {
    http.close();
    edge.close(Duration.ZERO);
    store.close();
  }

  /// What fails as nobody foresaw.
  private static final class Broken implements Resource.Routes {
    @Override
    public Optional<Resource> find(Target target) {
      return Optional.of(
          Resource.get(
                  (_, _) -> {
                    throw new StackOverflowError();
                  })
              .and(
                  "POST",
                  (_, _) ->
                      Answer.of(
                          Status.OK,
                          "text/plain",
                          _ -> {
                            throw new AssertionError();
                          })));
    }

    @Override
    public Answer told(Answer refusal) {
      return refusal.with("Told", "by these routes");
    }
  }

  private HttpResponse<String> ask(String method) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/broken".formatted(edge.port())))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void an_error_is_answered_and_keeps_no_place() throws Exception {
    for (var i = 0; i < 2 * PAGES_AT_ONCE + 1; i++) {
      var answer = ask(i % 2 == 0 ? "GET" : "POST");

      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.headers().firstValue("told")).contains("by these routes");
    }
  }
}
