// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.leftfold.examples.cart.Visitor.Answer;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The pages and forms of the shop, without a browser, and so without JavaScript.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ShopHttpTest {

  private final ManualClock clock = new ManualClock(TestShop.START);
  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init")
  private Main.Open open;

  @SuppressWarnings("NullAway.Init")
  private Visitor visitor;

  @BeforeAll
  void open() {
    open = Main.open(new InMemoryEventStore(clock), TestShop.database(), clock, 0);
    visitor = new Visitor(client, open.port());
  }

  @AfterAll
  void close() {
    open.close();
    client.close();
  }

  // ---- words to speak about it

  /// The path of a cart that was taken.
  private String cart() {
    var taken = visitor.post("/", "id", visitor.get("/").id());
    assertThat(taken.status()).isEqualTo(303);
    assertThat(taken.header("Location")).matches("/carts/[-0-9a-f]{36}/articles");
    return taken.header("Location").replace("/articles", "");
  }

  private Answer adds(String cart, String article, String quantity) {
    var id = visitor.get(cart + "/articles").about(article).id();
    return visitor.post(cart + "/articles", "id", id, "article", article, "quantity", quantity);
  }

  private Answer changes(String cart, String article, String quantity) {
    return visitor.post(
        cart + "/items",
        "id",
        UUID.randomUUID().toString(),
        "want",
        "change",
        "article",
        article,
        "quantity",
        quantity);
  }

  private Answer removes(String cart, String article) {
    return visitor.post(
        cart + "/items", "id", UUID.randomUUID().toString(), "want", "remove", "article", article);
  }

  private Answer checksOut(String cart, String cents) {
    return visitor.post(cart + "/checkout", "id", UUID.randomUUID().toString(), "cents", cents);
  }

  private Answer leaves(String cart) {
    return visitor.post(cart + "/leave", "id", UUID.randomUUID().toString());
  }

  private static void leadsTo(Answer answer, String path) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(303);
    assertThat(answer.header("Location")).isEqualTo(path);
  }

  private static void isRefused(Answer answer, int status, String why) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.body().split("class=\"refusal\"", -1)).hasSize(2);
    assertThat(answer.text()).contains(why + ".");
  }

  // ---- each intention

  @Test
  void what_is_chosen_is_in_the_cart_and_can_be_bought() {
    var cart = cart();
    leadsTo(adds(cart, "tea", "2"), cart + "/articles");
    leadsTo(adds(cart, "honey", "1"), cart + "/articles");
    assertThat(visitor.get(cart + "/articles").about("tea").text()).contains("2 in the cart");
    leadsTo(changes(cart, "tea", "3"), cart + "/items");
    leadsTo(removes(cart, "honey"), cart + "/items");
    var items = visitor.get(cart + "/items");
    assertThat(items.about("tea").text()).contains("Green tea 3 × 4.90 € 14.70 €");
    assertThat(items.text()).contains("All of it: 14.70 €").doesNotContain("Forest honey 1");

    assertThat(visitor.get(cart + "/checkout").text()).contains("Buy for 14.70 €");
    leadsTo(checksOut(cart, "1470"), cart + "/checkout");
    assertThat(visitor.get(cart + "/checkout").text())
        .contains("Thank you. This cart is checked out, for 14.70 €")
        .doesNotContain("Buy for");
  }

  @Test
  void a_cart_can_be_left() {
    var cart = cart();
    leadsTo(leaves(cart), cart + "/leave");
    assertThat(visitor.get(cart + "/leave").text()).contains("This cart is left behind.");
  }

  @Test
  void a_cart_that_is_over_is_shown_without_forms() {
    var cart = cart();
    adds(cart, "tea", "1");
    leaves(cart);

    for (var page : List.of("articles", "items", "checkout", "leave")) {
      assertThat(visitor.get(cart + "/" + page).body())
          .contains("left behind")
          .doesNotContain("<form");
    }
    var why = "This cart is left behind, and nothing more is done with it";
    var articles = List.of("id", "x", "article", "tea", "quantity", "1").toArray(String[]::new);
    isRefused(visitor.post(cart + "/articles", articles), 409, why);
    isRefused(removes(cart, "tea"), 409, why);
    isRefused(checksOut(cart, "490"), 409, why);
    isRefused(leaves(cart), 409, why);
  }

  // ---- once

  @Test
  void a_form_that_is_sent_twice_is_done_once_and_says_so() {
    var cart = cart();
    var form = new String[] {"id", "same-" + cart, "article", "tea", "quantity", "2"};

    leadsTo(visitor.post(cart + "/articles", form), cart + "/articles");
    leadsTo(visitor.post(cart + "/articles", form), cart + "/articles?again");
    assertThat(visitor.get(cart + "/articles?again").text())
        .contains("That was asked for before, and is done. It was not done twice.")
        .contains("2 in the cart");
  }

  @Test
  void a_form_that_is_sent_by_many_clicks_at_once_is_done_once() throws Exception {
    var cart = cart();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var clicks =
          Stream.generate(() ->
                  threads.submit(() ->
                      visitor.post(
                          cart + "/articles", "id", cart, "article", "tea", "quantity", "1")))
              .limit(16)
              .toList();
      for (var click : clicks) {
        assertThat(click.get().status()).isEqualTo(303);
      }
    }

    assertThat(visitor.get(cart + "/articles").about("tea").text()).contains("1 in the cart");
  }

  @Test
  void a_form_that_is_sent_again_with_something_else_is_refused() {
    var cart = cart();
    var id = "other-" + cart;
    visitor.post(cart + "/articles", "id", id, "article", "tea", "quantity", "2");

    var other = visitor.post(cart + "/articles", "id", id, "article", "honey", "quantity", "2");
    isRefused(
        other, 409, "This form was sent before, with something else in it; here is a new one");
    assertThat(other.about("honey").id()).isNotEqualTo(id);
    isRefused(
        visitor.post(cart + "/articles", "id", id, "article", "tea", "quantity", "3"),
        409,
        "This form was sent before, with something else in it; here is a new one");
    assertThat(visitor.get(cart + "/items").text()).contains("2 × 4.90 €").doesNotContain("honey");
  }

  // ---- what is not done

  @Test
  void why_not_stands_beside_the_form_that_asked() {
    var cart = cart();
    var why = "That would be 11 × Forest honey, and nobody gets more than 10";

    var added = adds(cart, "honey", "11");
    isRefused(added, 409, why);
    isRefused(added.about("honey"), 409, why);

    adds(cart, "honey", "1");
    adds(cart, "tea", "1");
    var changed = changes(cart, "honey", "11");
    isRefused(changed, 409, why);
    isRefused(changed.about("honey"), 409, why);
    assertThat(changed.about("honey").text()).contains("1 × 6.50 €");
  }

  @Test
  void why_not_stands_above_if_the_form_is_there_no_more() {
    var cart = cart();
    adds(cart, "honey", "1");
    removes(cart, "honey");

    isRefused(changes(cart, "honey", "2"), 409, "There is no Forest honey in the cart (any more)");
    isRefused(removes(cart, "honey"), 409, "There is no Forest honey in the cart (any more)");
  }

  @Test
  void nobody_pays_another_price_than_they_saw() {
    var cart = cart();
    adds(cart, "honey", "1");
    adds(cart, "tea", "1");

    isRefused(
        checksOut(cart, "650"),
        409,
        "You said yes to 6.50 €, but the cart was changed meanwhile and comes to 11.40 €");
    removes(cart, "honey");
    removes(cart, "tea");
    isRefused(checksOut(cart, "0"), 409, "There is nothing in the cart to be checked out");
  }

  @Test
  void what_makes_no_sense_is_said_beside_the_form_too() {
    var cart = cart();

    isRefused(adds(cart, "tea", "many").about("tea"), 400, "A quantity is a number, got \"many\"");
    isRefused(adds(cart, "tea", "0").about("tea"), 400, "A quantity is 1 or more, got 0");
    isRefused(
        adds(cart, "tea", "99999999999").about("tea"),
        400,
        "A quantity is a number, got \"99999999999\"");
    isRefused(
        visitor.post(cart + "/articles", "id", "x", "article", "gold", "quantity", "1"),
        400,
        "No \"gold\" is sold");
    isRefused(
        visitor.post(cart + "/articles", "article", "tea", "quantity", "1"),
        400,
        "A form has an id of its own, got none");
    assertThat(visitor.post("/", "id", "Not a name").status()).isEqualTo(400);
    assertThat(visitor.get(cart + "/history").text()).doesNotContain("Add");
  }

  @Test
  void nothing_that_somebody_sends_becomes_part_of_a_page() {
    var cart = cart();
    var evil = "<script>alert(1)</script>\"'";

    var answers =
        List.of(
            visitor.post(cart + "/articles", "id", "x", "article", evil, "quantity", "1"),
            visitor.post(cart + "/articles", "id", "x", "article", "tea", "quantity", evil),
            visitor.post(cart + "/items", "id", "y", "article", evil, "want", "remove"),
            visitor.get("/report?day=%3Cscript%3E"),
            visitor.get("/%3Cscript%3E"),
            visitor.get(cart + "/history"));
    assertThat(answers)
        .allSatisfy(answer ->
            assertThat(answer.body()).doesNotContain("<script>").doesNotContain("alert(1)</"));
    assertThat(answers.getFirst().text()).contains("No \"<script>alert(1)");
  }

  @Test
  void no_template_leaves_out_escaping() throws Exception {
    try (var files = Files.list(module().resolve("src/main/jte"))) {
      assertThat(files.toList())
          .isNotEmpty()
          .allSatisfy(file -> assertThat(file).content().doesNotContain("$unsafe"));
    }
  }

  /// Of this module, wherever the tests are started.
  static Path module() {
    var here = Path.of("").toAbsolutePath();
    return here.endsWith("shopping-cart") ? here : here.resolve("examples/shopping-cart");
  }

  // ---- what happened

  @Test
  void what_was_wanted_is_told_with_what_became_of_it_and_the_cart_of_then() {
    var cart = cart();
    adds(cart, "tea", "2");
    adds(cart, "tea", "9");
    changes(cart, "tea", "2");
    removes(cart, "tea");
    checksOut(cart, "980");

    assertThat(visitor.get(cart + "/history").text())
        .containsSubsequence(
            "Check out for 9.80 € rejected: There is nothing in the cart to be checked out",
            "The cart was open, 0 in it",
            "Remove Green tea done",
            "The cart was open, 2 in it 2 × Green tea",
            "Make it 2 × Green tea there was nothing to do",
            "Add 9 × Green tea rejected: That would be 11 × Green tea, and nobody gets more than 10",
            "Add 2 × Green tea done",
            "The cart was open, 0 in it",
            "Take a cart done",
            "The cart was not there, 0 in it");
    assertThat(visitor.get(cart + "/items").text())
        .contains(
            "Last: Check out for 9.80 € rejected: There is nothing in the cart to be checked out");
  }

  // ---- the report

  @Test
  void the_report_is_asked_for_any_day_and_as_of_any_moment() {
    clock.advance(Duration.ofDays(10));
    var cart = cart();
    adds(cart, "cheese", "3");
    adds(cart, "tea", "1");
    removes(cart, "cheese");
    clock.advance(Duration.ofMinutes(5));
    checksOut(cart, "490");

    assertThat(visitor.get("/report").text()).contains("Mountain cheese 1 3");
    assertThat(visitor.get("/report?day=2026-07-27&asOf=").text()).contains("Mountain cheese 1 3");
    assertThat(visitor.get("/report?day=2026-07-26").text()).contains("Nothing was.");
    assertThat(visitor.get("/report?day=2026-07-27&asOf=2026-07-27T14:07:00Z").text())
        .contains("Mountain cheese 1 3");
    assertThat(visitor.get("/report?day=2026-07-27&asOf=2026-07-27T14:06:59").text())
        .contains("Nothing was.");
  }

  @Test
  void a_report_that_goes_no_further_says_so() {
    open.shop().projector().close();
    var cart = cart();
    adds(cart, "tea", "1");
    removes(cart, "tea");

    isRefused(visitor.get("/report"), 503, "projection removals, version 1 is CLOSED at 95");
  }

  @ParameterizedTest
  @ValueSource(strings = {"day=soon", "day=2026-02-30", "asOf=lately", "asOf=2026-07-27"})
  void a_report_of_no_day_is_none(String query) {
    assertThat(visitor.get("/report?" + query).status()).isIn(400);
  }

  // ---- the edge

  @Test
  void everything_comes_from_here() {
    var cart = cart();
    for (var path : List.of("/", cart + "/articles", cart + "/history", "/report", "/nowhere")) {
      var answer = visitor.get(path);
      assertThat(answer.body()).doesNotContain("//").contains("src=\"/htmx.js\"");
      assertThat(answer.header("Content-Security-Policy"))
          .contains("default-src 'none'; script-src 'self';");
      assertThat(answer.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
    }
    assertThat(visitor.get("/htmx.js").body()).contains("htmx").hasSizeGreaterThan(40_000);
    assertThat(visitor.get("/shop.css").header("Content-Type")).isEqualTo("text/css");
    assertThat(visitor.get("/icon.svg").status()).isEqualTo(200);
  }

  @Test
  void what_is_not_there_says_so() {
    assertThat(visitor.get("/nowhere").text()).contains("There is nothing at /nowhere.");
    for (var cart : List.of("nobody", "NOBODY", "%F0%9F%92%B0", "", "a%2Fb")) {
      var answer = visitor.get("/carts/%s/items".formatted(cart));
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.text()).contains("There is no such cart.");
    }
    var answer = visitor.send(visitor.at("/report").DELETE());
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("Allow")).isEqualTo("GET");
  }

  @Test
  void forms_of_other_sites_and_huge_ones_are_not_taken() {
    var cart = cart();
    var form = visitor.form(cart + "/leave", "id", "x").header("Sec-Fetch-Site", "cross-site");
    assertThat(visitor.send(form).status()).isEqualTo(403);
    assertThat(visitor.post(cart + "/leave", "id", "x".repeat(20_000)).status()).isEqualTo(413);
    assertThat(visitor.get(cart + "/leave").body()).contains("<form");
    leadsTo(
        visitor.send(
            visitor.form(cart + "/leave", "id", "x").header("Sec-Fetch-Site", "same-origin")),
        cart + "/leave");
  }

  @Test
  void somebody_who_comes_back_is_led_to_the_cart_they_had() {
    var cart = cart();
    var cookie = visitor.get(cart + "/items").header("Set-Cookie");
    assertThat(cookie).endsWith("; Path=/; HttpOnly; SameSite=Lax");

    var back = visitor.at("/").header("Cookie", cookie.replaceAll(";.*", ""));
    assertThat(visitor.send(back).body()).contains("href=\"%s/items\"".formatted(cart));
    var forged = visitor.at("/").header("Cookie", "cart=\"><script>");
    assertThat(visitor.send(forged).body()).doesNotContain("/carts/").doesNotContain("<script>");
  }

  // ---- the whole

  @Test
  void a_new_start_in_the_same_directory_keeps_everything(@TempDir Path directory) {
    var cart = "/carts/kept";
    try (var first = Main.open(TestShop.arguments(directory), Clock.systemUTC())) {
      var there = new Visitor(client, first.port());
      there.post("/", "id", "kept");
      there.post(cart + "/articles", "id", "1", "article", "tea", "quantity", "2");
      there.post(cart + "/articles", "id", "2", "article", "honey", "quantity", "3");
      there.post(cart + "/items", "id", "3", "article", "honey", "want", "remove");
      there.post(cart + "/checkout", "id", "4", "cents", "980");
      assertThat(there.get("/report").text()).contains("Forest honey 1 3");
    }
    try (var second = Main.open(TestShop.arguments(directory), Clock.systemUTC())) {
      var there = new Visitor(client, second.port());
      assertThat(there.get(cart + "/checkout").text()).contains("checked out, for 9.80 €");
      assertThat(there.get("/report").text()).contains("Forest honey 1 3");
      assertThat(there.get(cart + "/history").text()).contains("Remove Forest honey done");
    }
  }

  @Test
  void arguments_that_say_nothing_open_no_shop() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Main.open(List.of("--prot", "1"), clock))
        .withMessageContaining("--prot");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Main.open(List.of("--port", "one"), clock));
  }
}
