// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.server.edge.Edge;
import io.leftfold.server.http.exchange.Accept;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Exchanges;
import io.leftfold.server.http.exchange.Request;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.http.exchange.Target;
import io.leftfold.server.node.Node;
import io.leftfold.server.node.Readiness;
import io.leftfold.server.node.Session;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/// `/health/live`, `/health/ready`, `/info` and `/ping`, and `/`, which leads to `/info`.
public final class NodePages implements Resource.Routes {

  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int NOT_AVAILABLE = 503;
  private static final int CODE_MIN = 200;
  private static final int CODE_MAX = 599;

  private final Node node;
  private final About about;
  private final ThreadFactory threads;

  /// What there is.
  ///
  /// @param wireVersion the version of KurrentDB that the wire is like
  /// @param version of Leftfold
  /// @param hasProjections whether projections run
  /// @param hasAtom whether streams are served as feeds of Atom
  public record About(
      String wireVersion, String version, boolean hasProjections, boolean hasAtom) {}

  /// The pages of a node.
  ///
  /// @param node what is asked about
  /// @param about what there is
  /// @param threads makes a thread for each question that may have to wait
  public NodePages(Node node, About about, ThreadFactory threads) {
    this.node = node;
    this.about = about;
    this.threads = threads;
  }

  @Override
  public Optional<Resource> find(Target target) {
    return switch (String.join("/", target.segmentsWithoutLastSlash())) {
      case "info" -> Optional.of(Resource.get(this::info));
      case "ping" -> Optional.of(Resource.get(NodePages::ping));
      // There is nothing for browsers yet.
      case "" -> Optional.of(Resource.get((request, _) -> elsewhere(request.url("/info"))));
      default -> Optional.empty();
    };
  }

  private static Answer elsewhere(String url) {
    return Answer.empty(Status.FOUND, "").with("Location", url);
  }

  /// Adds the pages.
  ///
  /// @param router where to
  /// @param exchanges answers what is not asked by supervisors
  public void addTo(Router router, Exchanges exchanges) {
    router
        .route("/health/live")
        .order(Edge.PAGES_NOT_COUNTED)
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .handler(this::live);
    router
        .route("/health/ready")
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .handler(this::ready);
    for (var path : List.of("/health/live", "/health/ready")) {
      router.route(path).handler(exchanges.otherwise("GET", "HEAD"));
    }
    var pages = exchanges.answering(this);
    for (var path : List.of("/info", "/ping", "/")) {
      router.route(path).handler(pages);
    }
  }

  /// 204, or what `liveCode` asks for: some supervisors insist on a code.
  private void live(RoutingContext context) {
    var asked = context.queryParams().get("liveCode");
    var code = NO_CONTENT;
    if (asked != null) {
      try {
        code = Integer.parseInt(asked);
      } catch (NumberFormatException e) {
        code = -1;
      }
      if (code < CODE_MIN || code > CODE_MAX) {
        context
            .response()
            .setStatusCode(400)
            .end("liveCode is an HTTP status of 200 to 599, got %s\n".formatted(asked));
        return;
      }
    }
    context.response().setStatusCode(code).end();
  }

  /// 200 if everything is answered and appends are taken; else 503 and why.
  private void ready(RoutingContext context) {
    Aside.ask(context, threads, node::readiness, readiness -> ready(context, readiness));
  }

  private static void ready(RoutingContext context, Readiness readiness) {
    context.response().setStatusCode(readiness.isReady() ? OK : NOT_AVAILABLE);
    context.json(
        new JsonObject()
            .put(
                "status",
                readiness.isReady() ? "ready" : readiness.reasons().getFirst().obstacle().label())
            .put("reasons", json(readiness.reasons()))
            .put("warnings", json(readiness.warnings()))
            .put(
                "index",
                new JsonObject()
                    .put("indexed", readiness.indexed())
                    .put("of", readiness.events())));
  }

  private static JsonArray json(List<Readiness.Reason> reasons) {
    var all = new JsonArray();
    for (var reason : reasons) {
      all.add(
          new JsonObject()
              .put("reason", reason.obstacle().label())
              .put("message", reason.message()));
    }
    return all;
  }

  private Answer info(Request request, Session session) {
    return json(
        new JsonObject()
            .put("dbVersion", about.wireVersion())
            .put("esVersion", about.wireVersion())
            // As some versions write them.
            .put("dBVersion", about.wireVersion())
            .put("eSVersion", about.wireVersion())
            .put("leftfoldVersion", about.version())
            .put("state", "leader")
            .put(
                "features",
                new JsonObject()
                    .put("projections", about.hasProjections())
                    .put("userManagement", node.hasUsers())
                    .put("atomPub", about.hasAtom()))
            .put(
                "authentication",
                new JsonObject()
                    .put("type", node.hasUsers() ? "basic" : "insecure")
                    .put("properties", new JsonObject())));
  }

  private static Answer json(JsonObject body) {
    return Answer.text(Status.OK, PageAnswer.JSON, body.encode());
  }

  private static Answer ping(Request request, Session session) {
    var text = "Ping request successfully handled";
    var type =
        Accept.choose(
            request, List.of("application/json", "text/xml", "application/xml", "text/plain"));
    return switch (type) {
      case "application/json" -> json(new JsonObject().put("text", text));
      case "text/plain" -> Answer.text(Status.OK, type + "; charset=utf-8", text);
      default ->
          Answer.text(
              Status.OK,
              type + "; charset=utf-8",
              "<?xml version=\"1.0\" encoding=\"utf-8\"?><ping><text>%s</text></ping>"
                  .formatted(text));
    };
  }
}
