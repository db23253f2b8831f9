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
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `grpc.health.v1.Health`: the server, and each of its services, is serving as long as it answers.
public final class HealthService {

  private final Set<String> services;

  /// The health of a server.
  ///
  /// @param paths of the methods that it answers
  public HealthService(Set<String> paths) {
    this.services =
        Stream.concat(
                Stream.of(""), paths.stream().map(path -> path.substring(1, path.lastIndexOf('/'))))
            .collect(Collectors.toUnmodifiableSet());
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

  private static byte[] saying(ServingStatus status) {
    return HealthCheckResponse.newBuilder().setStatus(status).build().toByteArray();
  }

  private final class Question implements GrpcListener {
    private final GrpcCall call;
    private final boolean watches;
    private @Nullable String service;

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
      if (watches) {
        var said = saying(known ? ServingStatus.SERVING : ServingStatus.SERVICE_UNKNOWN);
        call.send(said, 0, said.length);
      } else if (known) {
        var said = saying(ServingStatus.SERVING);
        call.sendLast(said, 0, said.length);
      } else {
        call.fail(
            GrpcStatus.NOT_FOUND, "There is no service \"%s\" at this server".formatted(asked));
      }
    }

    @Override
    public void shuttingDown() {
      if (watches) {
        var said = saying(ServingStatus.NOT_SERVING);
        call.send(said, 0, said.length);
        call.fail(GrpcStatus.UNAVAILABLE, "The server is closing");
      }
    }
  }
}
