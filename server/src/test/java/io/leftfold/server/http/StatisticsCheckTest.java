// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.NotAuthorizedException;
import io.leftfold.server.access.Authenticator;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.NotAuthenticatedException;
import io.leftfold.server.edge.Edge;
import io.leftfold.server.edge.EdgeOptions;
import io.leftfold.server.metrics.ServerMetrics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who may read `/metrics`.
@Timeout(60)
final class StatisticsCheckTest {

  private final ServerMetrics metrics = new ServerMetrics(System::nanoTime, "test");
  private final ThreadFactory threads = Thread.ofVirtual().factory();
  private final HttpClient client = HttpClient.newHttpClient();
  private Edge edge;

  @BeforeEach
  void listen() throws IOException {
    Consumer<Caller> statistics =
        caller -> {
          if (!caller.name().equals("reader")) {
            throw new NotAuthorizedException("Only the reader sees statistics");
          }
        };
    edge =
        Edge.start(
            EdgeOptions.defaults().withAddress("127.0.0.1", 0),
            Map.of(),
            new MetricsPage(
                    metrics, new StatisticsCheck(statistics, new ByName(), threads), threads)
                ::addTo);
  }

  @AfterEach
  void close() {
    edge.close(Duration.ZERO);
    metrics.close();
  }

  /// Believes every name but one.
  private static final class ByName implements Authenticator {
    @Override
    public Optional<Caller> known(Optional<String> authorization) {
      return Optional.empty();
    }

    @Override
    public Caller authenticate(Optional<String> authorization, String peer)
        throws NotAuthenticatedException {
      if (authorization.equals(Optional.of("forged"))) {
        throw new NotAuthenticatedException("Nobody");
      }
      return authorization
          .<Caller>map(name -> new Caller.User(name, Set.of(), 0, false))
          .orElse(Caller.anonymous());
    }
  }

  private HttpResponse<String> get(String... headers) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/metrics".formatted(edge.port())));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void whoever_may_see_statistics_gets_the_page() throws Exception {
    var answer = get("authorization", "reader");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
    assertThat(answer.body()).contains("leftfold_build");
  }

  @Test
  void whoever_may_not_gets_nothing_of_it() throws Exception {
    var answer = get("authorization", "writer");

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).doesNotContain("leftfold_");
  }

  @Test
  void whoever_says_nothing_or_is_not_believed_is_asked_to_log_in() throws Exception {
    for (var answer : new HttpResponse<?>[] {get(), get("authorization", "forged")}) {
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("www-authenticate")).isPresent();
    }
  }
}
