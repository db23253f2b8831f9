// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.node;

import com.google.protobuf.InvalidProtocolBufferException;
import io.leftfold.protocol.messages.health.HealthCheckRequest;
import io.leftfold.protocol.messages.health.HealthCheckResponse;
import io.leftfold.protocol.messages.health.HealthCheckResponse.ServingStatus;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcHandler;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.node.Node;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `grpc.health.v1.Health`: the server, and each of its services, is serving as long as it answers
/// everything. While the index is made, and most calls are refused, it is not; who watches is told
/// when that is over.
public final class HealthService {

  private final Node node;
  private final Set<String> services;
  private final Set<Question> watching = ConcurrentHashMap.newKeySet();

  /// The health of a server.
  ///
  /// @param node what is asked about
  /// @param paths of the methods that it answers
  public HealthService(Node node, Set<String> paths) {
    this.node = node;
    this.services =
        Stream.concat(
                Stream.of(""), paths.stream().map(path -> path.substring(1, path.lastIndexOf('/'))))
            .collect(Collectors.toUnmodifiableSet());
    node.whenReady(() -> watching.forEach(Question::tellReady));
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, GrpcHandler> handlers() {
    return Map.of(
        "/grpc.health.v1.Health/Check",
        call -> new Question(call, false),
        "/grpc.health.v1.Health/Watch",
        call -> new Question(call, true));
  }

  private ServingStatus status() {
    return node.isIndexed() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  }

  private static byte[] saying(ServingStatus status) {
    return HealthCheckResponse.newBuilder().setStatus(status).build().toByteArray();
  }

  private final class Question implements GrpcListener {
    private final GrpcCall call;
    private final boolean watches;
    private @Nullable String service;
    private boolean isToldReady;

    Question(GrpcCall call, boolean watches) {
      this.call = call;
      this.watches = watches;
    }

    @Override
    public void message(byte[] bytes, int offset, int length) {
      try {
        service = HealthCheckRequest.parser().parseFrom(bytes, offset, length).getService();
      } catch (InvalidProtocolBufferException e) {
        call.fail(
            GrpcStatus.INVALID_ARGUMENT,
            "The request is not a message of grpc.health.v1: " + e.getMessage());
      }
    }

    @Override
    public void halfClosed() {
      var asked = service == null ? "" : service;
      var known = services.contains(asked);
      if (watches && known) {
        watch();
      } else if (watches) {
        send(ServingStatus.SERVICE_UNKNOWN);
      } else if (known) {
        var said = saying(status());
        call.sendLast(said, 0, said.length);
      } else {
        call.fail(
            GrpcStatus.NOT_FOUND, "There is no service \"%s\" at this server".formatted(asked));
      }
    }

    private void watch() {
      watching.add(this); // first, so that what changes meanwhile is told
      var now = status();
      if (now == ServingStatus.SERVING) {
        sayReady();
      } else {
        send(now);
      }
    }

    private void send(ServingStatus status) {
      var said = saying(status);
      call.send(said, 0, said.length);
    }

    /// From any thread.
    void tellReady() {
      call.execute(this::sayReady);
    }

    /// Once, on the event loop, whoever notices first.
    private void sayReady() {
      watching.remove(this);
      if (!isToldReady) {
        isToldReady = true;
        send(ServingStatus.SERVING);
      }
    }

    @Override
    public void cancelled() {
      watching.remove(this);
    }

    @Override
    public void shuttingDown() {
      if (watches) {
        watching.remove(this);
        send(ServingStatus.NOT_SERVING);
        call.fail(GrpcStatus.UNAVAILABLE, "The server is closing");
      }
    }
  }
}
