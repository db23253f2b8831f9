// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/// `/health/live`, `/info` and `/ping`.
public final class NodePages {

  private static final int NO_CONTENT = 204;
  private static final int CODE_MIN = 200;
  private static final int CODE_MAX = 599;

  private final String wireVersion;
  private final String version;

  /// The pages of a node.
  ///
  /// @param wireVersion the version of KurrentDB that the wire is like
  /// @param version of Leftfold
  public NodePages(String wireVersion, String version) {
    this.wireVersion = wireVersion;
    this.version = version;
  }

  /// Adds the pages.
  ///
  /// @param router where to
  public void addTo(Router router) {
    router.route("/health/live").method(HttpMethod.GET).method(HttpMethod.HEAD).handler(this::live);
    router.get("/info").handler(this::info);
    router.get("/ping").handler(this::ping);
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

  private void info(RoutingContext context) {
    context.json(
        new JsonObject()
            .put("dbVersion", wireVersion)
            .put("esVersion", wireVersion)
            .put("leftfoldVersion", version)
            .put("state", "leader")
            .put(
                "features",
                new JsonObject()
                    .put("projections", false)
                    .put("userManagement", false)
                    .put("atomPub", false))
            .put(
                "authentication",
                new JsonObject().put("type", "insecure").put("properties", new JsonObject())));
  }

  private void ping(RoutingContext context) {
    context.json(new JsonObject().put("text", "Ping request successfully handled"));
  }
}
