// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.users;

import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.access.ExplainRequest;
import io.leftfold.protocol.messages.access.ExplainResponse;
import io.leftfold.protocol.messages.access.IssueTokenRequest;
import io.leftfold.protocol.messages.access.IssueTokenResponse;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.node.Administration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;

/// The methods of `leftfold.v1.Access`.
public final class AccessService {

  private static final String SERVICE = "/leftfold.v1.Access/";

  private final ThreadFactory threads;

  /// The service.
  ///
  /// @param threads makes a virtual thread for each call
  public AccessService(ThreadFactory threads) {
    this.threads = threads;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    return Map.of(
        SERVICE + "Explain",
        (call, session) ->
            new AdministrationCall<>(
                call, session, threads, ExplainRequest.parser(), AccessService::explain),
        SERVICE + "IssueToken",
        (call, session) ->
            new AdministrationCall<>(
                call, session, threads, IssueTokenRequest.parser(), AccessService::issue));
  }

  private static List<ExplainResponse> explain(Administration users, ExplainRequest request) {
    var action =
        switch (request.getAction()) {
          case READ -> Acl.Action.READ;
          case WRITE -> Acl.Action.WRITE;
          case DELETE -> Acl.Action.DELETE;
          case READ_METADATA -> Acl.Action.READ_METADATA;
          case WRITE_METADATA -> Acl.Action.WRITE_METADATA;
          case UNRECOGNIZED ->
              throw new IllegalArgumentException(
                  "%d is no action of leftfold.v1.Access".formatted(request.getActionValue()));
        };
    var explanation = users.explain(request.getUser(), action, StreamName.of(request.getStream()));
    return List.of(
        ExplainResponse.newBuilder()
            .setGranted(explanation.granted())
            .setExplanation(explanation.sentence())
            .build());
  }

  private static List<IssueTokenResponse> issue(Administration users, IssueTokenRequest request) {
    var token =
        users.token(
            request.getSeconds() == 0
                ? Administration.TOKEN_LIFETIME
                : Duration.ofSeconds(Integer.toUnsignedLong(request.getSeconds())));
    return List.of(
        IssueTokenResponse.newBuilder()
            .setToken(token.text())
            .setExpires(token.end().getEpochSecond())
            .build());
  }
}
