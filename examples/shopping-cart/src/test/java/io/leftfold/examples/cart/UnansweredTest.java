// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.UnavailableException.Reason;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import java.net.http.HttpClient;
import org.junit.jupiter.api.Test;

/// A store that does what it is asked, and whose answer does not arrive.
final class UnansweredTest {

  /// Loses the answer to an append when it is told to, once.
  private static final class Losing extends ForwardingEventStore {
    private boolean loses;

    Losing(EventStore store) {
      super(store);
    }

    @Override
    public AppendResult append(Commit commit) {
      var result = super.append(commit);
      if (loses) {
        loses = false;
        throw new UnavailableException(Reason.UNREACHABLE, "Repeat it with the same event ids");
      }
      return result;
    }
  }

  @Test
  void a_visitor_is_told_that_nobody_knows_and_the_same_form_is_done_once() {
    var clock = new ManualClock(TestShop.START);
    var store = new Losing(new InMemoryEventStore(clock));
    try (var open = Main.open(store, TestShop.database(), clock, 0);
        var client = HttpClient.newHttpClient()) {
      var visitor = new Visitor(client, open.port());
      assertThat(visitor.post("/", "id", "c1").status()).isEqualTo(303);
      var form = new String[] {"id", "1", "article", "tea", "quantity", "2"};

      store.loses = true;
      var unanswered = visitor.post("/carts/c1/articles", form);
      assertThat(unanswered.status()).isEqualTo(503);
      assertThat(unanswered.text())
          .contains("look into the cart before you do it again")
          .doesNotContain("event ids");
      assertThat(visitor.post("/carts/c1/articles", form).status()).isEqualTo(303);

      assertThat(open.shop().cart("c1").orElseThrow().quantity("tea")).isEqualTo(2);
    }
  }
}
