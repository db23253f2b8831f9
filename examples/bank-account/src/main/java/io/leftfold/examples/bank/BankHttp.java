// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import io.leftfold.api.AsOf;
import io.leftfold.examples.bank.BankCommand.ConfirmPayment;
import io.leftfold.examples.bank.BankCommand.Deposit;
import io.leftfold.examples.bank.BankCommand.OpenAccount;
import io.leftfold.examples.bank.BankCommand.OrderPayment;
import io.leftfold.examples.bank.BankCommand.SetCreditLine;
import io.leftfold.examples.bank.BankCommand.Transfer;
import io.leftfold.examples.bank.BankCommand.Withdraw;
import io.leftfold.examples.bank.BankEvent.PaymentOrdered;
import io.leftfold.examples.bank.HttpEdge.Problem;
import io.leftfold.examples.bank.HttpEdge.Request;
import io.leftfold.examples.bank.HttpEdge.Response;
import io.leftfold.examples.bank.HttpEdge.Route;
import io.leftfold.examples.bank.Refusal.NoSuchAccount;
import io.leftfold.examples.bank.Refusal.NoSuchPayment;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.ErasureReport.Unreadable;
import io.leftfold.toolkit.Outcome;
import io.leftfold.toolkit.Personal;
import io.leftfold.toolkit.ProjectionStatus;
import io.leftfold.toolkit.ProjectionStoppedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The bank over HTTP: translates requests into commands and questions, and what becomes of them
/// into answers. `openapi.json` beside this describes all of it.
final class BankHttp {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Bank bank;
  private final byte[] document = document();

  BankHttp(Bank bank) {
    this.bank = bank;
  }

  private static byte[] document() {
    try (var resource = BankHttp.class.getResourceAsStream("openapi.json")) {
      return Objects.requireNonNull(resource, "openapi.json lies beside this class").readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Route> routes() {
    return List.of(
        new Route("POST", "/accounts", this::open),
        new Route("GET", "/accounts", this::accounts),
        new Route("GET", "/accounts/{account}", this::account),
        new Route("PUT", "/accounts/{account}/credit-line", this::setCreditLine),
        new Route("POST", "/accounts/{account}/deposits", this::deposit),
        new Route("POST", "/accounts/{account}/withdrawals", this::withdraw),
        new Route("POST", "/accounts/{account}/transfers", this::transfer),
        new Route("POST", "/accounts/{account}/payments", this::orderPayment),
        new Route("GET", "/accounts/{account}/payments/{payment}", this::payment),
        new Route(
            "POST", "/accounts/{account}/payments/{payment}/confirmation", this::confirmPayment),
        new Route("POST", "/accounts/{account}/corrections", this::correct),
        new Route("DELETE", "/accounts/{account}/owner", this::eraseOwner),
        new Route("GET", "/accounts/{account}/statement", this::statement),
        new Route("GET", "/ledger", this::ledger),
        new Route(
            "GET",
            "/openapi.json",
            _ -> new Response(200, "application/json", Map.of(), document)));
  }

  // ---- what is wanted

  private Response open(Request request) {
    var body = new Body(request.body());
    return handle(
        request,
        () ->
            new OpenAccount(body.text("account"), Iban.of(body.text("iban")), body.text("owner")));
  }

  private Response setCreditLine(Request request) {
    var body = new Body(request.body());
    return handle(
        request,
        () -> new SetCreditLine(request.segment("account"), body.number("cents"), bank.today()));
  }

  /// The value date is said by whoever asks, each time: if it was today unless said otherwise, the
  /// same request would be another one tomorrow.
  private Response deposit(Request request) {
    var body = new Body(request.body());
    return book(
        request,
        () ->
            new Deposit(
                request.segment("account"),
                body.number("cents"),
                body.date("valueDate"),
                body.text("text", "Deposit")));
  }

  private Response withdraw(Request request) {
    var body = new Body(request.body());
    return book(
        request,
        () ->
            new Withdraw(
                request.segment("account"),
                body.number("cents"),
                bank.today(),
                body.text("text", "Withdrawal")));
  }

  private Response transfer(Request request) {
    var body = new Body(request.body());
    return book(
        request,
        () ->
            new Transfer(
                request.segment("account"),
                body.text("to"),
                body.number("cents"),
                bank.today(),
                body.text("text", "Transfer")));
  }

  private Response orderPayment(Request request) {
    var body = new Body(request.body());
    return book(
        request,
        () ->
            new OrderPayment(
                request.segment("account"),
                UUID.randomUUID().toString(),
                Iban.of(body.text("iban")),
                body.number("cents"),
                bank.today(),
                body.text("text", "Payment")));
  }

  private Response confirmPayment(Request request) {
    return handle(
        request, () -> new ConfirmPayment(request.segment("account"), request.segment("payment")));
  }

  /// Books money, which has to have a key: whoever gets no answer asks again with the same key, and
  /// it is booked once. No other request does harm when it is done twice.
  private Response book(Request request, Supplier<BankCommand> command) {
    if (request.idempotencyKey().isEmpty()) {
      throw new Problem(
          400,
          "no-key",
          "What books money needs the header \"Idempotency-Key\", with a new key for each booking; asked again with the same key, it is booked once");
    }
    return handle(request, command);
  }

  private Response handle(Request request, Supplier<BankCommand> command) {
    var wanted = sound(command);
    return answer(bank.handle(id(request), wanted));
  }

  private Response correct(Request request) {
    var body = new Body(request.body());
    var cents =
        sound(
            () -> body.has("cents") ? OptionalLong.of(body.number("cents")) : OptionalLong.empty());
    return answer(
        sound(() -> bank.correct(request.segment("account"), body.number("position"), cents)));
  }

  /// Done again it is done again, and recorded once more.
  private Response eraseOwner(Request request) {
    var account = request.segment("account");
    var _ = found(account);
    var why = request.query("reason").orElse("");
    var report = sound(() -> bank.eraseOwner(account, why));
    var events = report.unreadable().stream().mapToLong(Unreadable::events).sum();
    return Response.json(200, new OwnerErased(account, report.reason(), events));
  }

  private static Response answer(Outcome<BankEvent, Refusal> outcome) {
    return switch (outcome) {
      case Outcome.Accepted<BankEvent, Refusal>(var position, var events, _) ->
          Response.json(200, accepted(position, events));
      case Outcome.Rejected<BankEvent, Refusal>(var why) -> throw problem(why);
    };
  }

  /// A payment that was ordered before has the name that it got then.
  private static Object accepted(long position, List<BankEvent> events) {
    return events.stream().findFirst().orElse(null) instanceof PaymentOrdered ordered
        ? new Ordered(position, ordered.payment())
        : new Done(position);
  }

  /// A key is somebody's only for what they ask of one path.
  private static CommandId id(Request request) {
    var key = request.idempotencyKey().orElseGet(() -> UUID.randomUUID().toString());
    if (key.isBlank()) {
      throw new Problem(400, "bad-request", "The header \"Idempotency-Key\" has a key, got none");
    }
    return sound(() -> CommandId.of("%s %s".formatted(request.path(), key)));
  }

  /// What makes no sense is the fault of whoever asked.
  private static <T> T sound(Supplier<T> parts) {
    try {
      return parts.get();
    } catch (IllegalArgumentException e) {
      throw new Problem(400, "bad-request", e.getMessage());
    }
  }

  private static Problem problem(Refusal why) {
    return switch (why) {
      case Refusal.NoSuchAccount _ -> new Problem(404, "no-such-account", why.message());
      case Refusal.NoSuchPayment _ -> new Problem(404, "no-such-payment", why.message());
      case Refusal.AccountExists _ -> new Problem(409, "account-exists", why.message());
      case Refusal.IbanTaken _ -> new Problem(409, "iban-taken", why.message());
      case Refusal.PaymentIsOver _ -> new Problem(409, "payment-is-over", why.message());
      case Refusal.NotCovered _ -> new Problem(422, "not-covered", why.message());
      case Refusal.AlreadyCorrected _ -> new Problem(409, "already-corrected", why.message());
      case Refusal.IdIsTaken _ -> new Problem(422, "key-is-taken", why.message());
      case Refusal.CreditInUse _ -> new Problem(422, "credit-in-use", why.message());
      case Refusal.NotReversible _ -> new Problem(422, "not-reversible", why.message());
    };
  }

  // ---- what is asked

  private Response account(Request request) {
    var name = request.segment("account");
    var account = found(name);
    return Response.json(
        200,
        new AccountNow(
            name,
            account.iban(),
            name(bank.owner(name)),
            account.balance(),
            account.available(bank.today()),
            account.creditLine()));
  }

  private static @Nullable String name(Personal<String> owner) {
    return switch (owner) {
      case Personal.Known<String>(var name) -> name;
      case Personal.Erased<String>() -> null;
    };
  }

  private Response payment(Request request) {
    var account = request.segment("account");
    var name = request.segment("payment");
    var _ = found(account);
    var payment =
        sound(() -> bank.payment(account, name))
            .orElseThrow(() -> problem(new NoSuchPayment(account, name)));
    return Response.json(
        200,
        new PaymentNow(name, account, payment.iban(), payment.cents(), payment.phase().word()));
  }

  private Account found(String name) {
    return sound(() -> bank.account(name)).orElseThrow(() -> problem(new NoSuchAccount(name)));
  }

  /// As it was known at the end of a day, or at an instant; judged by that day, if no other is
  /// said.
  private Response statement(Request request) {
    var account = request.segment("account");
    var _ = found(account);
    var asOf = request.query("asOf").map(text -> sound(() -> moment(text)));
    var day = day(request, asOf.map(bank::dayOf).orElseGet(bank::today));
    var moment = asOf.<AsOf>map(AsOf.Time::new).orElseGet(AsOf::now);
    return Response.json(200, bank.statement(account, moment, day));
  }

  private Instant moment(String text) {
    try {
      return text.contains("T") ? Instant.parse(text) : bank.endOf(LocalDate.parse(text));
    } catch (DateTimeException _) {
      throw new IllegalArgumentException(
          "The parameter \"asOf\" is a date or an instant such as 2026-07-17T14:02:00Z, got \"%s\""
              .formatted(text));
    }
  }

  private static LocalDate day(Request request, LocalDate otherwise) {
    return request
        .query("day")
        .map(text -> sound(() -> Body.date("The parameter \"day\"", text)))
        .orElse(otherwise);
  }

  private Response accounts(Request request) throws InterruptedException {
    awaitOverview(request);
    return Response.json(200, Map.of("accounts", bank.overview().accounts()));
  }

  private Response ledger(Request request) throws InterruptedException {
    awaitOverview(request);
    var day = day(request, bank.today());
    return Response.json(200, Map.of("day", day, "bookings", bank.overview().ledger(day)));
  }

  /// The overview is a little behind. Who has written something, and names its position, sees it.
  /// One that has stopped is behind by nobody knows how much.
  private void awaitOverview(Request request) throws InterruptedException {
    if (bank.projector().status().phase() == ProjectionStatus.Phase.STOPPED) {
      throw new Problem(
          503, "stands-still", "The overview has stopped; /operations/overview says why");
    }
    var position = request.query("seen").map(text -> sound(() -> position(text))).orElse(0L);
    try {
      if (!bank.projector().await(position, PATIENCE)) {
        throw new Problem(
            503,
            "behind",
            "The overview has not come to position %d within %s; ask again"
                .formatted(position, PATIENCE));
      }
    } catch (ProjectionStoppedException e) {
      throw new Problem(503, "stands-still", e.getMessage());
    }
  }

  private static long position(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException(
          "The parameter \"seen\" is a position, got \"%s\"".formatted(text));
    }
  }

  // ---- answers

  /// @param position up to which the overview has to come to show it
  private record Done(long position) {}

  private record Ordered(long position, String payment) {}

  /// @param events in which it can no longer be read
  private record OwnerErased(String account, String reason, long events) {}

  /// @param owner null once it is erased
  private record AccountNow(
      String account,
      String iban,
      @Nullable String owner,
      long balance,
      long available,
      long creditLine) {}

  private record PaymentNow(
      String payment, String account, String iban, long cents, String phase) {}
}
