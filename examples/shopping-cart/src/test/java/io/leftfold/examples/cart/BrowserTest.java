// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import io.leftfold.testkit.InMemoryEventStore;
import java.time.Clock;
import java.util.UUID;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;

/// The shop in a real browser.
final class BrowserTest {
  @Test
  void something_is_chosen() {
    try (var open =
            Main.open(
                new InMemoryEventStore(Clock.systemUTC()),
                JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "shop", ""),
                Clock.systemUTC(),
                0);
        var browser = Browser.start()) {
      Page page = browser.chromium().newPage();
      page.onConsoleMessage(message -> System.err.println("CONSOLE " + message.text()));
      page.navigate("http://127.0.0.1:" + open.port() + "/");
      page.getByText("Take a cart").last().click();
      page.locator("#tea").getByText("Add").click();
      assertThat(page.locator("#tea")).containsText("1 in the cart");
    }
  }
}
