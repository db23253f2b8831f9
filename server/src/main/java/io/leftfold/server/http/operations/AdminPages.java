// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.operations;

import io.leftfold.server.access.Right;
import io.leftfold.server.http.atom.feed.Json;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.RefusedException;
import io.leftfold.server.http.exchange.Request;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.http.exchange.Target;
import io.leftfold.server.node.Operator;
import io.leftfold.server.node.Session;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/// What there is behind `/admin/…`, but for `/admin/login`, and `/sys/subsystems` and
/// `/auto-scavenge/…`.
public final class AdminPages implements Resource.Routes {

  private static final String JSON = "application/json; charset=utf-8";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String LINK = "/admin/scavenge/";

  private final boolean hasProjections;

  /// The pages.
  ///
  /// @param hasProjections whether projections run
  public AdminPages(boolean hasProjections) {
    this.hasProjections = hasProjections;
  }

  @Override
  public Optional<Resource> find(Target target) {
    var path = target.segmentsWithoutLastSlash();
    return switch (String.join("/", path)) {
      case "sys/subsystems" -> Optional.of(Resource.get(this::subsystems));
      case "admin/shutdown" -> Optional.of(Resource.post(operating(Operator::shutDown)));
      case "admin/reloadconfig" -> Optional.of(Resource.post(operating(Operator::require)));
      case "admin/mergeindexes" -> Optional.of(Resource.post(AdminPages::mergeIndex));
      case "admin/node/resign" -> Optional.of(Resource.post(operating(Operator::resign)));
      case "admin/scavenge" -> Optional.of(Resource.post(AdminPages::scavenge));
      case "admin/scavenge/current" ->
          Optional.of(Resource.get(AdminPages::current).and("DELETE", AdminPages::stopCurrent));
      case "admin/scavenge/last" -> Optional.of(Resource.get(AdminPages::last));
      case "auto-scavenge/enabled", "auto-scavenge/status" ->
          Optional.of(Resource.get(AdminPages::noAutoScavenge));
      case "auto-scavenge/pause", "auto-scavenge/resume", "auto-scavenge/configure" ->
          Optional.of(Resource.post(AdminPages::noAutoScavenge));
      default -> withName(path);
    };
  }

  private static Optional<Resource> withName(List<String> path) {
    if (path.size() == 3 && path.subList(0, 2).equals(List.of("admin", "scavenge"))) {
      return Optional.of(
          Resource.get((_, session) -> shown(session, path.get(2)))
              .and("DELETE", (_, session) -> stop(session, path.get(2))));
    }
    if (path.size() == 4 && path.subList(0, 3).equals(List.of("admin", "node", "priority"))) {
      var priority = number("priority", path.get(3));
      return Optional.of(Resource.post(operating(operator -> operator.setPriority(priority))));
    }
    return Optional.empty();
  }

  private static int number(String name, String text) {
    if (!text.matches("-?[0-9]{1,9}")) {
      throw RefusedException.badRequest("%s is a whole number, got %s".formatted(name, text));
    }
    return Integer.parseInt(text);
  }

  private Answer subsystems(Request request, Session session) {
    session.require(Right.OnNode.STATISTICS);
    return Answer.text(Status.OK, JSON, hasProjections ? "[\n  \"Projections\"\n]" : "[]");
  }

  private static Answer noAutoScavenge(Request request, Session session) {
    session.require(Right.OnNode.STATISTICS);
    return Answer.text(
        Status.UNAVAILABLE,
        TEXT,
        "Leftfold does not begin scavenges by itself; let a timer of the system post to /admin/scavenge");
  }

  private static Resource.Work operating(Consumer<Operator> work) {
    return (_, session) -> {
      work.accept(session.operator());
      return Answer.empty(Status.OK, "");
    };
  }

  private static Answer mergeIndex(Request request, Session session) {
    session.operator().mergeIndex();
    return Answer.text(Status.OK, JSON, "{}");
  }

  // ---- scavenges

  /// Begins a scavenge, or refuses one that would be another than was asked for. How many threads
  /// work does not change what is done, so it is only looked at whether that makes sense.
  private static Answer scavenge(Request request, Session session) {
    var threads = parameter(request, "threads", 1);
    if (threads < 1) {
      throw RefusedException.badRequest("threads must be a 1 or above");
    }
    requireFullSpeed(parameter(request, "throttlePercent", 100), threads);
    if (parameter(request, "threshold", 0) > 0) {
      throw RefusedException.badRequest(
          "threshold is a weight of log files, which Leftfold does not count: it must be 0 or less, for all that may be forgotten");
    }
    requireWork(request.target().parameter("synconly").orElse("false"));
    var from = parameter(request, "startFromChunk", 0);
    if (from < 0) {
      throw RefusedException.badRequest("startFromChunk must be a positive integer");
    }
    var scavenge = session.operator().startScavenge(from);
    if (!scavenge.isNew()) {
      throw RefusedException.badRequest("Scavenge %s is running already".formatted(scavenge.id()));
    }
    return scavenge(request, scavenge.id().toString(), Optional.empty());
  }

  private static void requireFullSpeed(int throttlePercent, int threads) {
    if (throttlePercent < 1 || throttlePercent > 100) {
      throw RefusedException.badRequest("throttlePercent must be between 1 and 100 inclusive");
    }
    if (throttlePercent < 100) {
      throw RefusedException.badRequest(
          threads > 1
              ? "throttlePercent must be 100 for a multi-threaded scavenge"
              : "throttlePercent must be 100: a server scavenges as fast as it can");
    }
  }

  private static void requireWork(String syncOnly) {
    if (!syncOnly.equalsIgnoreCase("false")) {
      throw RefusedException.badRequest(
          "syncOnly must be false: there is no scavenge elsewhere to catch up with");
    }
  }

  private static int parameter(Request request, String name, int otherwise) {
    return request
        .target()
        .parameter(name.toLowerCase(Locale.ROOT))
        .map(text -> number(name, text))
        .orElse(otherwise);
  }

  private static Answer scavenge(Request request, String id, Optional<String> result) {
    return Json.answer(json -> {
      json.writeStartObject();
      json.writeStringProperty("scavengeId", id);
      json.writeStringProperty("scavengeLink", request.url(LINK + id));
      result.ifPresent(text -> json.writeStringProperty("scavengeResult", text));
      json.writeEndObject();
    });
  }

  private static Answer current(Request request, Session session) {
    return session
        .operator()
        .lastScavenge()
        .filter(Operator.LastScavenge::isRunning)
        .map(found -> scavenge(request, found.id().toString(), Optional.empty()))
        .orElseGet(() -> Answer.text(Status.OK, JSON, "{}"));
  }

  private static Answer last(Request request, Session session) {
    return session
        .operator()
        .lastScavenge()
        .map(found -> scavenge(request, found.id().toString(), Optional.of(result(found))))
        .orElseGet(() -> Answer.text(Status.OK, JSON, "{\n  \"scavengeResult\": \"Unknown\"\n}"));
  }

  private static Answer shown(Session session, String id) {
    return session
        .operator()
        .lastScavenge()
        .filter(found -> found.id().toString().equals(id))
        .map(found ->
            Json.answer(json -> {
              json.writeStartObject();
              json.writeStringProperty("scavengeId", id);
              json.writeStringProperty("scavengeResult", result(found));
              json.writeEndObject();
            }))
        .orElseThrow(RefusedException::notFound);
  }

  private static String result(Operator.LastScavenge scavenge) {
    return scavenge.isRunning() ? "InProgress" : scavenge.outcome();
  }

  private static Answer stopCurrent(Request request, Session session) {
    return session
        .operator()
        .lastScavenge()
        .filter(Operator.LastScavenge::isRunning)
        .map(found -> stop(session, found.id().toString()))
        .orElseThrow(RefusedException::notFound);
  }

  private static Answer stop(Session session, String id) {
    if (!session.operator().stopScavenge(id)) {
      throw RefusedException.notFound();
    }
    return Answer.text(Status.OK, JSON, "{\n  \"scavengeId\": \"%s\"\n}".formatted(id));
  }
}
