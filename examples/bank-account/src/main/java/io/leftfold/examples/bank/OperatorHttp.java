// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import io.leftfold.examples.bank.HttpEdge.Problem;
import io.leftfold.examples.bank.HttpEdge.Request;
import io.leftfold.examples.bank.HttpEdge.Response;
import io.leftfold.examples.bank.HttpEdge.Route;
import io.leftfold.toolkit.ParkedPartition;
import io.leftfold.toolkit.ProjectionFailedException;
import io.leftfold.toolkit.UnreadableEventException;
import io.leftfold.toolkit.process.InstanceReport;
import io.leftfold.toolkit.process.SetAside;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The bank's back door, for whoever operates it: what stands still, why, and how it goes on.
///
/// What fails again and again is parked, so that all else goes on: an account of the overview, a
/// payment. Nobody notices who does not look here.
final class OperatorHttp {

  private final Bank bank;

  OperatorHttp(Bank bank) {
    this.bank = bank;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/operations/overview", this::overview),
        new Route(
            "POST", "/operations/overview/accounts/{account}/resumption", this::resumeAccount),
        new Route("DELETE", "/operations/overview/unreadable/{position}", this::leaveOut),
        new Route("GET", "/operations/payments", this::payments),
        new Route("GET", "/operations/payments/{payment}", this::payment),
        new Route("POST", "/operations/payments/{payment}/resumption", this::resume),
        new Route("POST", "/operations/payments/{payment}/retry", this::retry),
        new Route("POST", "/operations/payments/{payment}/skip", this::skip),
        new Route("POST", "/operations/payments/aside/{position}/resumption", this::takeUp),
        new Route("POST", "/operations/payments/aside/{position}/skip", this::giveUp));
  }

  // ---- the overview

  private Response overview(Request request) {
    var status = bank.projector().status();
    return Response.json(
        200,
        new OverviewNow(
            status.phase().name().toLowerCase(Locale.ROOT),
            status.position(),
            bank.projector().lag(),
            status.failure().map(String::valueOf).orElse(null),
            bank.projector().parked()));
  }

  /// Folds what was kept of an account, in order.
  private Response resumeAccount(Request request) {
    try {
      bank.projector().resume(request.segment("account"));
      return overview(request);
    } catch (ProjectionFailedException e) {
      throw new Problem(409, "fails-again", e.getMessage());
    }
  }

  /// Leaves an event out of the overview that nobody can read.
  private Response leaveOut(Request request) {
    if (!bank.projector().leaveOut(position(request))) {
      throw notAside(request);
    }
    return overview(request);
  }

  private static long position(Request request) {
    try {
      return Long.parseLong(request.segment("position"));
    } catch (NumberFormatException _) {
      throw new Problem(
          400, "bad-request", "A position is a number, got " + request.segment("position"));
    }
  }

  // ---- payments

  private Response payments(Request request) {
    var parked = bank.payments().parked().stream().map(this::report).toList();
    return Response.json(
        200,
        new PaymentsNow(
            bank.paymentsFailure().map(String::valueOf).orElse(null),
            parked,
            bank.payments().aside()));
  }

  private Response payment(Request request) {
    var payment = request.segment("payment");
    var steps = bank.payments().trace(payment).toString().lines().skip(1).toList();
    return Response.json(200, new PaymentTrace(there(payment), steps));
  }

  private Response resume(Request request) {
    return operate(request, bank.payments()::resume);
  }

  /// Gives the command again that failed.
  private Response retry(Request request) {
    return operate(request, bank.payments()::retry);
  }

  /// Goes on without what it stumbled over: somebody has seen to it by hand.
  private Response skip(Request request) {
    return operate(request, bank.payments()::skip);
  }

  @FunctionalInterface
  private interface Operation {
    boolean isDone(String payment, String by);
  }

  private Response operate(Request request, Operation operation) {
    var payment = request.segment("payment");
    var by = by(request);
    var _ = there(payment);
    if (!operation.isDone(payment, by)) {
      throw new Problem(
          409,
          "not-parked",
          "Payment \"%s\" is not parked with what could be done".formatted(payment));
    }
    return Response.json(200, report(payment));
  }

  /// Takes an event to its payment that could not be read when it came.
  private Response takeUp(Request request) {
    try {
      return withAside(request, bank.payments()::takeUp);
    } catch (UnreadableEventException e) {
      throw new Problem(409, "fails-again", e.getMessage());
    }
  }

  private Response giveUp(Request request) {
    return withAside(request, bank.payments()::leaveOut);
  }

  @FunctionalInterface
  private interface WithAside {
    boolean isDone(long position, String by);
  }

  private Response withAside(Request request, WithAside operation) {
    if (!operation.isDone(position(request), by(request))) {
      throw notAside(request);
    }
    return payments(request);
  }

  private static Problem notAside(Request request) {
    return new Problem(
        404, "not-parked", "No event was set aside at position " + request.segment("position"));
  }

  /// Who does it is recorded.
  private static String by(Request request) {
    try {
      var by = new Body(request.body()).text("by");
      BankCommand.requireText(by, "The name of who does it");
      return by;
    } catch (IllegalArgumentException e) {
      throw new Problem(400, "bad-request", e.getMessage());
    }
  }

  private PaymentReport there(String payment) {
    var report = report(payment);
    if (report.phase().equals("absent")) {
      throw new Problem(404, "no-such-payment", "There is no payment \"%s\"".formatted(payment));
    }
    return report;
  }

  private PaymentReport report(String payment) {
    InstanceReport report = bank.payments().report(payment);
    return new PaymentReport(
        payment,
        report.phase().name().toLowerCase(Locale.ROOT),
        report.parked().orElse(null),
        report.held(),
        report.open().size());
  }

  // ---- answers

  /// @param lag how many positions it is behind
  /// @param failure of the last attempt, if it tries again or has stopped
  private record OverviewNow(
      String phase,
      long position,
      long lag,
      @Nullable String failure,
      List<ParkedPartition> parked) {}

  /// @param failure what ended the process for all payments; null as long as it runs
  /// @param aside what could not be read, and concerns whom nobody knows
  private record PaymentsNow(
      @Nullable String failure, List<PaymentReport> parked, List<SetAside> aside) {}

  /// @param why it is parked; null if it is not
  /// @param held how many things happened to it that wait
  /// @param open how many commands have no outcome yet
  private record PaymentReport(
      String payment, String phase, @Nullable String why, int held, int open) {}

  private record PaymentTrace(PaymentReport payment, List<String> steps) {}
}
