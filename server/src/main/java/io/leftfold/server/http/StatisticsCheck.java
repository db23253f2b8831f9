// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.api.NotAuthorizedException;
import io.leftfold.server.access.Authenticator;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.NotAuthenticatedException;
import io.leftfold.server.edge.Peer;
import io.leftfold.server.http.exchange.Refusals;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/// Lets those go on who may see statistics of the node.
public final class StatisticsCheck implements Handler<RoutingContext> {

  private static final int UNAUTHENTICATED = 401;
  private static final int FORBIDDEN = 403;

  private final Consumer<Caller> statistics;
  private final Authenticator authenticator;
  private final ThreadFactory threads;

  /// The check.
  ///
  /// @param statistics throws [NotAuthorizedException] if a caller may not see them
  /// @param authenticator finds out who asks
  /// @param threads makes a thread for each question, for finding out may take a while
  public StatisticsCheck(
      Consumer<Caller> statistics, Authenticator authenticator, ThreadFactory threads) {
    this.statistics = statistics;
    this.authenticator = authenticator;
    this.threads = threads;
  }

  /// What becomes of a request.
  private enum Verdict {
    MAY,
    UNKNOWN,
    NOBODY,
    MAY_NOT
  }

  @Override
  public void handle(RoutingContext context) {
    var credentials = Optional.ofNullable(context.request().getHeader("authorization"));
    var peer = Peer.of(context.request()).host();
    Aside.ask(
        context, threads, () -> verdict(credentials, peer), verdict -> answer(context, verdict));
  }

  private Verdict verdict(Optional<String> credentials, String peer) {
    Caller caller;
    try {
      caller = authenticator.authenticate(credentials, peer);
    } catch (NotAuthenticatedException e) {
      return Verdict.UNKNOWN;
    }
    try {
      statistics.accept(caller);
      return Verdict.MAY;
    } catch (NotAuthorizedException e) {
      return caller instanceof Caller.Anonymous ? Verdict.NOBODY : Verdict.MAY_NOT;
    }
  }

  private static void answer(RoutingContext context, Verdict verdict) {
    switch (verdict) {
      case MAY -> context.next();
      case UNKNOWN -> askToLogIn(context, Refusals.ASKS_UNKNOWN);
      case NOBODY -> askToLogIn(context, Refusals.ASKS_DENIED);
      case MAY_NOT ->
          context
              .response()
              .setStatusCode(FORBIDDEN)
              .end("Statistics of this server are not for you\n");
    }
  }

  private static void askToLogIn(RoutingContext context, String challenge) {
    context
        .response()
        .setStatusCode(UNAUTHENTICATED)
        .putHeader("www-authenticate", challenge)
        .end("Log in to see statistics of this server\n");
  }
}
