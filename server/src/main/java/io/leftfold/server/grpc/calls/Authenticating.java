// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.calls;

import io.leftfold.api.UnavailableException;
import io.leftfold.server.access.Authenticator;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.NotAuthenticatedException;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcHandler;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;
import io.leftfold.server.node.Node;
import io.leftfold.server.node.Session;
import io.leftfold.server.node.Turns;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds out who makes a call before anybody answers it.
///
/// A caller that was seen lately is known at once. For others the call waits, unheard, while a
/// thread of its own looks at the credentials.
public final class Authenticating {

  private static final System.Logger LOGGER = System.getLogger(Authenticating.class.getName());
  private static final String AUTHORIZATION = "authorization";

  /// Said to the transport: who called knows better when it pays to call again.
  private static final GrpcTrailers DO_NOT_TRY_AGAIN =
      GrpcTrailers.NONE.with("grpc-retry-pushback-ms", -1);

  private final Node node;
  private final Authenticator authenticator;
  private final ThreadFactory threads;

  /// Gives sessions of a node.
  ///
  /// @param node whose
  /// @param authenticator finds out who somebody is
  /// @param threads makes a virtual thread for each caller who is not known
  public Authenticating(Node node, Authenticator authenticator, ThreadFactory threads) {
    this.node = node;
    this.authenticator = authenticator;
    this.threads = threads;
  }

  /// What answers methods, once it is known who calls.
  ///
  /// @param handlers answer calls of somebody, by the path of the method
  /// @return answer calls, by the same paths
  public Map<String, GrpcHandler> guard(Map<String, SessionHandler> handlers) {
    return handlers.entrySet().stream()
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> guard(entry.getValue())));
  }

  private GrpcHandler guard(SessionHandler handler) {
    return call -> {
      var known = authenticator.known(call.header(AUTHORIZATION));
      return known.isPresent()
          ? handler.open(call, session(call, known.get()))
          : new Unknown(call, handler).begin();
    };
  }

  private Session session(GrpcCall call, Caller caller) {
    return node.as(caller, call.peer().host(), new Turns.Origin(call.connection(), call));
  }

  /// A call whose caller is not known yet; afterwards it is what answers the call.
  private final class Unknown implements GrpcListener {
    private final GrpcCall call;
    private final SessionHandler handler;
    private @Nullable GrpcListener answering;

    Unknown(GrpcCall call, SessionHandler handler) {
      this.call = call;
      this.handler = handler;
    }

    Unknown begin() {
      call.pause();
      var header = call.header(AUTHORIZATION);
      var peer = call.peer().host();
      threads
          .newThread(() -> {
            try {
              var caller = authenticator.authenticate(header, peer);
              call.execute(() -> goOn(caller));
            } catch (NotAuthenticatedException e) {
              // Why is in the log; whoever tries is not told.
              fail(GrpcStatus.UNAUTHENTICATED, "Unauthenticated");
            } catch (UnavailableException e) {
              call.execute(() ->
                  call.fail(
                      GrpcStatus.UNAVAILABLE,
                      "Server Is Not Ready: " + e.getMessage(),
                      DO_NOT_TRY_AGAIN));
            } catch (RuntimeException | Error e) {
              LOGGER.log(System.Logger.Level.ERROR, "Credentials could not be looked at", e);
              fail(GrpcStatus.UNKNOWN, "Exception was thrown by handler.");
            }
          })
          .start();
      return this;
    }

    private void fail(GrpcStatus status, String message) {
      call.execute(() -> call.fail(status, message));
    }

    private void goOn(Caller caller) {
      if (!call.ended()) {
        answering = handler.open(call, session(call, caller));
        call.resume();
      }
    }

    @Override
    public void message(byte[] bytes, int offset, int length) {
      if (answering != null) {
        answering.message(bytes, offset, length);
      }
    }

    @Override
    public void halfClosed() {
      if (answering != null) {
        answering.halfClosed();
      }
    }

    @Override
    public void cancelled() {
      if (answering != null) {
        answering.cancelled();
      }
    }

    @Override
    public void shuttingDown() {
      if (answering != null) {
        answering.shuttingDown();
      }
    }

    @Override
    public boolean isBusy() {
      return answering != null && answering.isBusy();
    }

    @Override
    public void oversized(long length) {
      if (answering != null) {
        answering.oversized(length);
      }
    }
  }
}
