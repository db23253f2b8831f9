// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.server.access.Authenticator;
import io.leftfold.server.access.NotAuthenticatedException;
import io.leftfold.server.edge.Peer;
import io.leftfold.server.node.Node;
import io.leftfold.server.node.ProjectionControl;
import io.leftfold.server.node.ServedProjections;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/// Gives whoever sends a request the projections as they may see and change them.
///
/// @param node knows what callers may
/// @param projections do what is asked
/// @param authenticator finds out who asks
/// @param ids makes names for projections that are not given one
record Controls(
    Node node, ServedProjections projections, Authenticator authenticator, Supplier<UUID> ids) {

  /// Answers a request with what it says about its sender. The request is looked at now, the sender
  /// later, for that may wait.
  Supplier<PageAnswer> answering(
      RoutingContext context, Function<ProjectionControl, PageAnswer> work) {
    var credentials = Optional.ofNullable(context.request().getHeader("authorization"));
    var peer = Peer.of(context.request()).host();
    return () -> {
      try {
        var session = node.as(authenticator.authenticate(credentials, peer), peer);
        return work.apply(new ProjectionControl(session, projections, ids));
      } catch (NotAuthenticatedException e) {
        return PageAnswer.unauthorized();
      } catch (RuntimeException e) {
        return ProjectionRefusals.of(e);
      }
    };
  }
}
