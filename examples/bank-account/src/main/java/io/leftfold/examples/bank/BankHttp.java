// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import io.leftfold.examples.bank.BankCommand.Deposit;
import io.leftfold.examples.bank.BankCommand.OpenAccount;
import io.leftfold.examples.bank.HttpEdge.Problem;
import io.leftfold.examples.bank.HttpEdge.Request;
import io.leftfold.examples.bank.HttpEdge.Response;
import io.leftfold.examples.bank.HttpEdge.Route;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.Outcome;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/// The bank over HTTP: translates requests into commands and questions, and what becomes of them
/// into answers. `openapi.json` beside this describes all of it.
final class BankHttp {

  private final Bank bank;

  BankHttp(Bank bank) {
    this.bank = bank;
  }

  List<Route> routes() {
    return List.of(
        new Route("POST", "/accounts", this::open),
        new Route("GET", "/accounts/{account}", this::account),
        new Route("POST", "/accounts/{account}/deposits", this::deposit));
  }

  // ---- what is wanted

  private Response open(Request request) {
    var body = new Body(request.body());
    return handle(
        request,
        () ->
            new OpenAccount(body.text("account"), Iban.of(body.text("iban")), body.text("owner")));
  }

  private Response deposit(Request request) {
    var body = new Body(request.body());
    return handle(
        request,
        () ->
            new Deposit(
                request.segment("account"),
                body.number("cents"),
                body.date("valueDate", bank.today()),
                body.text("text", "Deposit")));
  }

  private Response handle(Request request, Supplier<BankCommand> command) {
    return switch (bank.handle(id(request), sound(command))) {
      case Outcome.Accepted<BankEvent, Refusal>(var position, _, _) ->
          Response.json(200, new Booked(position));
      case Outcome.Rejected<BankEvent, Refusal>(var why) -> throw problem(why);
    };
  }

  /// A key is somebody's only for what they ask of one path.
  private static CommandId id(Request request) {
    var key = request.idempotencyKey().orElseGet(() -> UUID.randomUUID().toString());
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
      case Refusal.CreditInUse _ -> new Problem(422, "credit-in-use", why.message());
      case Refusal.NotReversible _ -> new Problem(422, "not-reversible", why.message());
    };
  }

  // ---- what is asked

  private Response account(Request request) {
    var name = request.segment("account");
    var account =
        sound(() -> bank.account(name)).orElseThrow(() -> problem(new Refusal.NoSuchAccount(name)));
    return Response.json(
        200,
        new AccountNow(
            name,
            account.iban(),
            account.owner(),
            account.balance(),
            account.available(bank.today()),
            account.creditLine()));
  }

  // ---- answers

  /// @param position up to which readers have to come to see it
  private record Booked(long position) {}

  private record AccountNow(
      String account, String iban, String owner, long balance, long available, long creditLine) {}
}
