// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shop whose events are on a server: the same application, told another place.
final class RemoteCartTest {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private RunningExample shop(int server) throws IOException {
    return RunningExample.start(
        "io.leftfold.examples.cart.Main", server, "--data", directory.toString());
  }

  private static HttpRequest.Builder at(RunningExample shop, String path) {
    return HttpRequest.newBuilder(URI.create(shop.address() + path));
  }

  private static void post(RunningExample shop, String path, String form) {
    var answer = RunningExample.send(at(shop, path).POST(BodyPublishers.ofString(form)));
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(303);
  }

  private static String get(RunningExample shop, String path) {
    var answer = RunningExample.send(at(shop, path));
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
    return answer.body();
  }

  @Test
  void a_shop_that_is_killed_goes_on_in_another_process() throws Exception {
    try (var server = TestServer.inMemory()) {
      try (var shop = shop(server.port())) {
        post(shop, "/", "id=c");
        post(shop, "/carts/c/articles", "id=1&article=tea&quantity=2");
        post(shop, "/carts/c/articles", "id=2&article=honey&quantity=3");
        post(shop, "/carts/c/items", "id=3&article=honey&want=remove");
        assertThat(get(shop, "/report")).contains("Nothing was.");
        shop.kill();
      }

      try (var shop = shop(server.port())) {
        post(shop, "/carts/c/items", "id=3&article=honey&want=remove");
        post(shop, "/carts/c/checkout", "id=4&cents=980");
        assertThat(get(shop, "/report")).contains("Forest honey");
        assertThat(get(shop, "/carts/c/history")).contains("Remove Forest honey");
      }

      var events = server.store().read(StreamName.of("cart-c"), ReadOptions.forwards()).events();
      assertThat(events)
          .extracting(event -> event.type())
          .isEqualTo(
              List.of("CartTaken", "ItemAdded", "ItemAdded", "ItemRemoved", "CartCheckedOut"));
    }
  }
}
