// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Refusals;
import io.leftfold.server.http.exchange.RefusedException;
import io.leftfold.server.http.exchange.Request;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.node.Session;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/// Why something was not done, as RFC 9457 has it.
final class Problem {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TYPE = "application/problem+json";
  private static final String RETRY_AFTER_SECONDS = "5";

  private Problem() {}

  /// Does something, and answers with a problem if it cannot be done.
  static Resource.Work telling(Resource.Work work) {
    return (request, session) -> answered(work, request, session);
  }

  private static Answer answered(Resource.Work work, Request request, Session session) {
    try {
      return work.answer(request, session);
    } catch (LeftfoldException e) {
      return of(e);
    } catch (IllegalArgumentException e) {
      return of(Status.BAD_REQUEST, "bad-request", String.valueOf(e.getMessage()), Map.of());
    }
  }

  /// What the store refuses.
  static Answer of(LeftfoldException error) {
    var detail = String.valueOf(error.getMessage());
    return switch (error) {
      case WrongExpectedStateException wrong ->
          of(
              Status.CONFLICT,
              "wrong-expected-state",
              detail,
              Map.of("stream", wrong.stream().value(), "current", wrong.actual().lastRevision()));
      case StreamTombstonedException _ -> of(Status.GONE, "stream-deleted", detail, Map.of());
      case NotAuthorizedException _ ->
          of(
                  Status.UNAUTHORIZED,
                  "not-authorized",
                  detail + "; log in as somebody who may (Basic, or a Bearer token)",
                  Map.of())
              .with("WWW-Authenticate", Refusals.ASKS_DENIED);
      case LimitExceededException _ -> of(Status.TOO_LARGE, "too-large", detail, Map.of());
      case UnavailableException _ ->
          of(Status.UNAVAILABLE, "unavailable", detail, Map.of())
              .with("Retry-After", RETRY_AFTER_SECONDS);
      default -> of(Refusals.of(error));
    };
  }

  /// What was refused in other words than those of a problem; what is one already, as it is.
  static Answer of(Answer refusal) {
    if (refusal.reason().isEmpty()) {
      return refusal;
    }
    var status = refusal.status();
    var problem = of(status, title(status), detail(refusal), Map.of());
    for (var header : refusal.headers()) {
      if (!problem.says(header.name())) {
        problem = problem.with(header.name(), header.value());
      }
    }
    return problem;
  }

  private static String title(int status) {
    return switch (status) {
      case Status.BAD_REQUEST -> "bad-request";
      case Status.UNAUTHORIZED -> "not-authenticated";
      case Status.NOT_FOUND -> "not-found";
      case Status.METHOD_NOT_ALLOWED -> "method-not-allowed";
      case Status.NOT_ACCEPTABLE -> "not-acceptable";
      case Status.TOO_LARGE -> "too-large";
      case Status.UNAVAILABLE -> "unavailable";
      default -> "failed";
    };
  }

  private static String detail(Answer refusal) {
    return switch (refusal.status()) {
      case Status.UNAUTHORIZED ->
          "The credentials are of nobody who is known; log in again (Basic, or a Bearer token), or leave them out";
      case Status.METHOD_NOT_ALLOWED -> "The method is one of those in Allow, got another";
      case Status.NOT_ACCEPTABLE ->
          "Accept names one of %s, got none of them; leave it out for the first"
              .formatted(String.join(", ", EventForm.types()));
      default -> refusal.reason();
    };
  }

  static Answer of(int status, String title, String detail, Map<String, Object> more) {
    var problem = new TreeMap<String, Object>(more);
    problem.put("title", title);
    problem.put("status", status);
    problem.put("detail", detail);
    return Answer.text(status, TYPE, JSON.writeValueAsString(problem) + "\n")
        .with("Cache-Control", "no-store");
  }

  static RefusedException refusing(int status, String title, String detail) {
    return new RefusedException(of(status, title, detail, Map.of()));
  }
}
