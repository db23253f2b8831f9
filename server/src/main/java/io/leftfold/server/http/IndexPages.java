// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.leftfold.server.access.Authenticator;
import io.leftfold.server.access.NotAuthenticatedException;
import io.leftfold.server.edge.Peer;
import io.leftfold.server.indexes.UserIndexes;
import io.leftfold.server.node.IndexControl;
import io.leftfold.server.node.Node;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/// `/v2/indexes`: user-defined indexes, each page a method of `IndexesService` in JSON.
public final class IndexPages {

  private static final long BODY_BYTES_MAX = 4L << 20;

  private final Node node;
  private final UserIndexes indexes;
  private final Authenticator authenticator;
  private final ThreadFactory threads;

  /// The pages.
  ///
  /// @param node knows what callers may
  /// @param indexes do what is asked
  /// @param authenticator finds out who asks
  /// @param threads makes a virtual thread for each request
  public IndexPages(
      Node node, UserIndexes indexes, Authenticator authenticator, ThreadFactory threads) {
    this.node = node;
    this.indexes = indexes;
    this.authenticator = authenticator;
    this.threads = threads;
  }

  /// What a page does.
  private interface Work {
    JsonObject answer(IndexControl control, PageRequest request);
  }

  /// Does something with one index.
  private interface Command {
    void run(IndexControl control, String name);
  }

  /// Adds the pages.
  ///
  /// @param router where to
  public void addTo(Router router) {
    page(router, GET, "/v2/indexes", (control, _) -> IndexJson.list(control.list()));
    page(
        router,
        GET,
        "/v2/indexes/:name",
        (control, request) -> IndexJson.one(control.get(request.name())));
    page(router, POST, "/v2/indexes/:name", IndexPages::create);
    command(router, POST, "/v2/indexes/:name/start", IndexControl::start);
    command(router, POST, "/v2/indexes/:name/stop", IndexControl::stop);
    command(router, DELETE, "/v2/indexes/:name", IndexControl::delete);
  }

  private static JsonObject create(IndexControl control, PageRequest request) {
    var wanted = IndexJson.wanted(request.name(), request.body());
    control.create(wanted.definition(), wanted.start());
    return new JsonObject();
  }

  private void command(Router router, HttpMethod method, String path, Command command) {
    page(
        router,
        method,
        path,
        (control, request) -> {
          command.run(control, request.name());
          return new JsonObject();
        });
  }

  private void page(Router router, HttpMethod method, String path, Work work) {
    var route = router.route(method, path);
    if (method.equals(POST)) {
      route.handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX));
    }
    route.handler(context -> answer(context, work));
  }

  private void answer(RoutingContext context, Work work) {
    var request = PageRequest.of(context);
    var credentials = Optional.ofNullable(context.request().getHeader("authorization"));
    var peer = Peer.of(context.request()).host();
    Aside.ask(
        context,
        threads,
        () -> answer(credentials, peer, request, work),
        answer -> answer.send(context));
  }

  private PageAnswer answer(
      Optional<String> credentials, String peer, PageRequest request, Work work) {
    try {
      var session = node.as(authenticator.authenticate(credentials, peer), peer);
      var control = new IndexControl(session, indexes);
      try {
        return PageAnswer.json(work.answer(control, request));
      } catch (RuntimeException e) {
        return IndexRefusals.of(e, control);
      }
    } catch (NotAuthenticatedException e) {
      return PageAnswer.unauthorized();
    }
  }
}
