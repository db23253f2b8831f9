// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import static java.nio.charset.StandardCharsets.UTF_8;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.leftfold.examples.cart.CartCommand.Abandon;
import io.leftfold.examples.cart.CartCommand.AddItem;
import io.leftfold.examples.cart.CartCommand.ChangeQuantity;
import io.leftfold.examples.cart.CartCommand.CheckOut;
import io.leftfold.examples.cart.CartCommand.RemoveItem;
import io.leftfold.examples.cart.CartCommand.TakeCart;
import io.leftfold.examples.cart.HttpEdge.Problem;
import io.leftfold.examples.cart.HttpEdge.Request;
import io.leftfold.examples.cart.HttpEdge.Response;
import io.leftfold.examples.cart.HttpEdge.Route;
import io.leftfold.examples.cart.Page.Frame;
import io.leftfold.examples.cart.Page.Intention;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.Outcome;
import io.leftfold.toolkit.ProjectionStoppedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// The shop in a browser: a page for each intention, whose forms are commands. What is accepted
/// leads to a page that can be loaded again; what is rejected is said beside the form.
final class ShopHttp {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String HTMX = "/META-INF/resources/webjars/htmx.org/2.0.10/dist/htmx.min.js";

  private final Shop shop;
  private final TemplateEngine templates =
      TemplateEngine.createPrecompiled(
          null, ContentType.Html, ShopHttp.class.getClassLoader(), ShopHttp.class.getPackageName());

  ShopHttp(Shop shop) {
    this.shop = shop;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/", request -> shown(200, welcome(request))),
        new Route("POST", "/", this::take),
        page(Intention.ARTICLES),
        new Route("POST", "/carts/{cart}/articles", this::add),
        page(Intention.ITEMS),
        new Route("POST", "/carts/{cart}/items", this::change),
        page(Intention.CHECKOUT),
        new Route("POST", "/carts/{cart}/checkout", this::checkOut),
        page(Intention.LEAVE),
        new Route("POST", "/carts/{cart}/leave", this::leave),
        page(Intention.HISTORY),
        new Route("GET", "/report", this::report),
        asset("/shop.css", "text/css", "shop.css"),
        asset("/icon.svg", "image/svg+xml", "icon.svg"),
        asset("/htmx.js", "text/javascript", HTMX));
  }

  private static Route asset(String path, String type, String resource) {
    var response = Response.of(200, type, bytes(resource)).with("Cache-Control", "max-age=600");
    return new Route("GET", path, _ -> response);
  }

  private static byte[] bytes(String name) {
    try (var resource = ShopHttp.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(resource, name + " is on the class path").readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- what is wanted

  private Response take(Request request) {
    var cart = request.form("id");
    return handle(
        request,
        () -> new TakeCart(cart),
        Intention.ARTICLES.path(cart),
        (status, why) ->
            shown(status, new Page.Welcome(welcome(request).frame().saying("take", why))));
  }

  private Response add(Request request) {
    return handle(
        request,
        Intention.ARTICLES,
        request.form("article"),
        cart -> {
          var article = article(request.form("article"));
          return new AddItem(cart, article.name(), quantity(request), article.cents());
        });
  }

  private Response change(Request request) {
    var article = request.form("article");
    return handle(
        request,
        Intention.ITEMS,
        article,
        cart ->
            request.form("want").equals("remove")
                ? new RemoveItem(cart, article)
                : new ChangeQuantity(cart, article, quantity(request)));
  }

  private Response checkOut(Request request) {
    return handle(
        request,
        Intention.CHECKOUT,
        "checkout",
        cart -> new CheckOut(cart, number("The total", request.form("cents"), Long::parseLong)));
  }

  private Response leave(Request request) {
    return handle(request, Intention.LEAVE, "leave", Abandon::new);
  }

  private static Article article(String name) {
    return Article.named(name)
        .orElseThrow(() -> new IllegalArgumentException("No \"%s\" is sold".formatted(name)));
  }

  private static int quantity(Request request) {
    return number("A quantity", request.form("quantity"), Integer::parseInt);
  }

  private static <N> N number(String what, String text, Function<String, N> parse) {
    try {
      return parse.apply(text);
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException("%s is a number, got \"%s\"".formatted(what, text));
    }
  }

  /// Of a form on a page of a cart: why it is not done is said beside it.
  private Response handle(
      Request request, Intention intention, String form, Function<String, CartCommand> command) {
    var cart = cartOf(request);
    var frame = frame(intention, cart);
    return handle(
        request,
        () -> command.apply(cart),
        intention.path(cart),
        (status, why) -> shown(status, of(cart, intention, frame.saying(form, why))));
  }

  @FunctionalInterface
  private interface Refusing {
    Response because(int status, String why);
  }

  /// A form has the id of its command, so what it wants is done once, however often it is sent.
  private Response handle(
      Request request, Supplier<CartCommand> command, String then, Refusing refusing) {
    try {
      var wanted = command.get();
      return switch (shop.handle(id(request, wanted.cart()), wanted)) {
        case Outcome.Accepted<CartEvent, Refusal>(_, _, var repeated) ->
            Response.seeOther(repeated ? then + "?again" : then);
        case Outcome.Rejected<CartEvent, Refusal>(var why) -> refusing.because(409, why.message());
      };
    } catch (IllegalArgumentException e) {
      return refusing.because(400, String.valueOf(e.getMessage()));
    }
  }

  /// What a form is known by is its own for what is done with one cart.
  private static CommandId id(Request request, String cart) {
    var id = request.form("id");
    if (id.isBlank()) {
      throw new IllegalArgumentException("A form has an id of its own, got none");
    }
    return CommandId.of("%s/%s".formatted(cart, id));
  }

  // ---- what is asked

  private Route page(Intention intention) {
    return new Route("GET", intention.path("{cart}"), request -> page(request, intention));
  }

  private Response page(Request request, Intention intention) {
    var cart = cartOf(request);
    var frame = frame(intention, cart);
    var isRepeated = request.query().containsKey("again");
    return shown(200, of(cart, intention, isRepeated ? frame.repeated() : frame))
        .with("Set-Cookie", "cart=%s; Path=/; HttpOnly; SameSite=Lax".formatted(cart));
  }

  private static Frame frame(Intention intention, String cart) {
    return Frame.of(intention.title(), intention.path(cart), Optional.of(cart));
  }

  private Page.OfCart of(String name, Intention intention, Frame frame) {
    var told =
        intention == Intention.HISTORY ? shop.history(name) : shop.last(name).stream().toList();
    return new Page.OfCart(frame, intention, name, shop.cart(name).orElse(Cart.NONE), told);
  }

  private String cartOf(Request request) {
    return Optional.of(request.segment("cart"))
        .filter(this::isThere)
        .orElseThrow(() -> new Problem(404, "There is no such cart"));
  }

  private boolean isThere(String cart) {
    return CartCommand.CART.matcher(cart).matches() && shop.cart(cart).isPresent();
  }

  private static Page.Welcome welcome(Request request) {
    return new Page.Welcome(Frame.of("Welcome", "/", lastCart(request)));
  }

  /// The cart that somebody had before they came to a page that is of no cart.
  private static Optional<String> lastCart(Request request) {
    return Optional.ofNullable(request.cookies().get("cart"))
        .filter(cart -> CartCommand.CART.matcher(cart).matches());
  }

  private Response report(Request request) throws InterruptedException {
    var frame = Frame.of("Removed before checkout", "/report", lastCart(request));
    var day = parameter(request, "day", LocalDate::parse, "a date").orElseGet(shop::today);
    var asOf = parameter(request, "asOf", this::moment, "a time such as 2026-07-17T14:02");
    var rows = asOf.isPresent() ? shop.removalsAsOf(day, asOf.get()) : removals(day);
    return shown(200, new Page.Report(frame, day, asOf, shop.zone(), rows));
  }

  private List<Removals.Row> removals(LocalDate day) throws InterruptedException {
    try {
      return shop.removals(day, PATIENCE)
          .orElseThrow(() ->
              new Problem(
                  503,
                  "The report has not come as far as the events within %d s; ask again"
                      .formatted(PATIENCE.toSeconds())));
    } catch (ProjectionStoppedException e) {
      throw new Problem(503, String.valueOf(e.getMessage()));
    }
  }

  private Instant moment(String text) {
    return text.endsWith("Z")
        ? Instant.parse(text)
        : LocalDateTime.parse(text).atZone(shop.zone()).toInstant();
  }

  private static <T> Optional<T> parameter(
      Request request, String name, Function<String, T> parse, String what) {
    var text = request.query().getOrDefault(name, "");
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(parse.apply(text));
    } catch (DateTimeException _) {
      throw new Problem(400, "The parameter \"%s\" is %s, got \"%s\"".formatted(name, what, text));
    }
  }

  /// How somebody is told what went wrong.
  Response trouble(Problem problem) {
    var frame = Frame.of("Something went wrong", "", Optional.empty());
    return shown(problem.status(), new Page.Trouble(frame, problem.message()));
  }

  private Response shown(int status, Page page) {
    var html = new StringOutput();
    templates.render(page.template(), page, html);
    return Response.of(status, "text/html; charset=utf-8", html.toString().getBytes(UTF_8));
  }
}
