// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import io.leftfold.testkit.InMemoryEventStore;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The shop in a real browser on a small screen, with JavaScript and without.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BrowserTest {

  @SuppressWarnings("NullAway.Init")
  private Browser browser;

  @SuppressWarnings("NullAway.Init")
  private Main.Open open;

  /// What went wrong in pages.
  private final List<String> errors = new ArrayList<>();

  @BeforeAll
  void open() {
    browser = Browser.start();
    var clock = Clock.systemUTC();
    open = Main.open(new InMemoryEventStore(clock), TestShop.database(), clock, 0);
  }

  @AfterAll
  void close() {
    if (browser != null) {
      open.close();
      browser.close();
    }
  }

  @AfterEach
  void nothing_went_wrong_in_pages() {
    assertThat(errors).isEmpty();
  }

  // ---- words to speak about it

  private Page page(BrowserContext visitor, String path) {
    var page = visitor.newPage();
    page.onPageError(errors::add);
    page.onConsoleMessage(message -> {
      if (message.text().contains("Content Security Policy")) {
        errors.add(message.text());
      }
    });
    page.navigate("http://127.0.0.1:%d%s".formatted(open.port(), path));
    return page;
  }

  private Page pageOfACart(BrowserContext visitor) {
    var page = page(visitor, "/");
    button(page, "Take a cart").click();
    heading(page, "Choose articles");
    return page;
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName(name));
  }

  /// A page is there, and is no wider than the screen.
  private static void heading(Page page, String text) {
    assertThat(page.getByRole(AriaRole.HEADING)).hasText(text);
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
  }

  private static String path(Page page) {
    return URI.create(page.url()).getPath();
  }

  private static void goTo(Page page, String link) {
    page.getByRole(AriaRole.NAVIGATION).getByText(link).click();
  }

  private static Locator article(Page page, String name) {
    return page.locator("#" + name);
  }

  private static void fill(Page page, String article, int quantity) {
    article(page, article).getByRole(AriaRole.SPINBUTTON).fill(String.valueOf(quantity));
  }

  private static void adds(Page page, String article, int quantity) {
    fill(page, article, quantity);
    article(page, article).getByText("Add").click();
  }

  private static Locator refusal(Page page) {
    return page.getByRole(AriaRole.ALERT);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void somebody_chooses_thinks_again_and_buys(boolean hasJavaScript) {
    try (var visitor = browser.visitor(hasJavaScript)) {
      var page = pageOfACart(visitor);
      fill(page, "tea", 2);
      // Two clicks are one.
      article(page, "tea").getByText("Add").dblclick();
      assertThat(article(page, "tea")).containsText("2 in the cart");
      adds(page, "honey", 3);
      assertThat(article(page, "honey")).containsText("3 in the cart");

      // Too many: said beside it, and nothing is done.
      adds(page, "tea", 9);
      assertThat(article(page, "tea").getByRole(AriaRole.ALERT))
          .hasText("That would be 11 × Green tea, and nobody gets more than 10.");
      assertThat(refusal(page)).hasCount(1);
      assertThat(article(page, "tea")).containsText("2 in the cart");

      goTo(page, "Look through the cart");
      heading(page, "Look through the cart");
      fill(page, "tea", 4);
      article(page, "tea").getByText("Change").click();
      assertThat(article(page, "tea")).containsText("4 × 4.90 €");
      article(page, "honey").getByText("Remove").click();
      assertThat(article(page, "honey")).hasCount(0);

      goTo(page, "Check out");
      heading(page, "Check out");
      // Meanwhile, in another tab, one thing more is chosen.
      var other = page(visitor, path(page).replace("/checkout", "/articles"));
      adds(other, "bread", 1);
      assertThat(article(other, "bread")).containsText("1 in the cart");
      button(page, "Buy for 19.60 €").click();
      assertThat(refusal(page))
          .hasText(
              "You said yes to 19.60 €, but the cart was changed meanwhile and comes to 23.80 €.");
      button(page, "Buy for 23.80 €").click();
      assertThat(page.locator("main")).containsText("Thank you.");

      goTo(page, "What happened");
      heading(page, "What happened");
      assertThat(page.locator(".history > li > div > b"))
          .hasText(
              new String[] {
                "Check out for 23.80 €",
                "Check out for 19.60 €",
                "Add 1 × Rye bread",
                "Remove Forest honey",
                "Make it 4 × Green tea",
                "Add 9 × Green tea",
                "Add 3 × Forest honey",
                "Add 2 × Green tea",
                "Take a cart"
              });
      assertThat(page.locator(".history .rejected")).hasCount(2);

      goTo(page, "Report");
      heading(page, "Removed before checkout");
      assertThat(page.locator("tbody")).containsText("Forest honey");
    }
  }

  @Test
  void with_javascript_pages_change_in_place_and_going_back_does_nothing_twice() {
    try (var visitor = browser.visitor(true)) {
      var page = page(visitor, "/");
      page.evaluate("window.stays = true");
      button(page, "Take a cart").click();
      heading(page, "Choose articles");
      var cart = page.url();

      article(page, "tea").scrollIntoViewIfNeeded();
      var scrolled = page.evaluate("window.scrollY");
      adds(page, "tea", 1);
      assertThat(article(page, "tea")).containsText("1 in the cart");
      assertThat(page.evaluate("window.scrollY")).isEqualTo(scrolled).isNotEqualTo(0);

      page.goBack();
      page.goBack();
      heading(page, "Welcome");
      button(page, "Take a cart").click();
      heading(page, "Choose articles");
      assertThat(page.getByRole(AriaRole.STATUS))
          .hasText("That was asked for before, and is done. It was not done twice.");
      assertThat(page).hasURL(cart + "?again");
      assertThat(page).hasTitle("Choose articles · The corner shop");
      assertThat(page.evaluate("window.stays")).isEqualTo(true);
    }
  }
}
