// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.api.LeftfoldException;
import io.leftfold.server.access.AccessToken;
import io.leftfold.server.access.Authenticator;
import io.leftfold.server.access.NotAuthenticatedException;
import io.leftfold.server.edge.Peer;
import io.leftfold.server.http.exchange.Refusals;
import io.leftfold.server.node.Administration;
import io.leftfold.server.node.Node;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/// `POST /auth/token`: whoever shows a password gets a token in place of it.
public final class TokenPage {

  private static final int UNAUTHORIZED = 401;
  private static final int NOT_AVAILABLE = 503;
  private static final int FAILED = 500;

  private static final System.Logger LOGGER = System.getLogger(TokenPage.class.getName());

  private final Node node;
  private final Authenticator authenticator;
  private final ThreadFactory threads;

  /// The page of a node that knows users.
  ///
  /// @param node gives the tokens
  /// @param authenticator finds out who somebody is
  /// @param threads makes a virtual thread for each request
  public TokenPage(Node node, Authenticator authenticator, ThreadFactory threads) {
    this.node = node;
    this.authenticator = authenticator;
    this.threads = threads;
  }

  /// Adds the page.
  ///
  /// @param router where to
  public void addTo(Router router) {
    router.post("/auth/token").handler(this::issue);
  }

  private void issue(RoutingContext request) {
    var header = Optional.ofNullable(request.request().getHeader("authorization"));
    var peer = Peer.of(request.request()).host();
    Aside.ask(request, threads, () -> issue(header, peer), answer -> answer.accept(request));
  }

  private Consumer<RoutingContext> issue(Optional<String> header, String peer) {
    try {
      var caller = authenticator.authenticate(header, peer);
      var token =
          node.as(caller, peer)
              .administration()
              .orElseThrow(() -> new IllegalStateException("A server without users has no tokens"))
              .token(Administration.TOKEN_LIFETIME);
      return request -> answer(request, token);
    } catch (NotAuthenticatedException _) {
      return request -> askToLogIn(request, Refusals.ASKS_UNKNOWN);
    } catch (io.leftfold.api.NotAuthorizedException _) {
      return request -> askToLogIn(request, Refusals.ASKS_DENIED);
    } catch (LeftfoldException e) {
      return request -> refuse(request, NOT_AVAILABLE, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.ERROR, "A token could not be issued", e);
      return request -> refuse(request, FAILED, "The server's log says why");
    }
  }

  private static void answer(RoutingContext request, AccessToken token) {
    request.response().putHeader("cache-control", "no-store");
    request.json(
        new JsonObject().put("token", token.text()).put("expires", token.end().toString()));
  }

  private static void askToLogIn(RoutingContext request, String challenge) {
    request.response().putHeader("www-authenticate", challenge);
    refuse(request, UNAUTHORIZED, "Unauthenticated");
  }

  private static void refuse(RoutingContext request, int status, String reason) {
    request.response().setStatusCode(status);
    request.json(new JsonObject().put("error", reason));
  }
}
