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
              .with("WWW-Authenticate", "X-Basic realm=\"leftfold\"");
      case LimitExceededException _ -> of(Status.TOO_LARGE, "too-large", detail, Map.of());
      case UnavailableException _ ->
          of(Status.UNAVAILABLE, "unavailable", detail, Map.of())
              .with("Retry-After", RETRY_AFTER_SECONDS);
      default -> Refusals.of(error);
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
