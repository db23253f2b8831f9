// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.kurrent;

import com.google.protobuf.Message;
import io.leftfold.api.UnavailableException;
import io.leftfold.protocol.messages.errors.AccessDeniedErrorDetails;
import io.leftfold.protocol.messages.errors.ServerError;
import io.leftfold.protocol.wire.WireWriter;
import io.leftfold.server.access.Caller;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;
import java.util.List;

/// An error as the newer services of KurrentDB say it: a status, and in its details a
/// `google.rpc.Status` that holds the reason's name first and what belongs to the reason last,
/// which is where clients look.
///
/// @param status the gRPC status
/// @param reason the name of an error, without what all names of its kind begin with
/// @param domain whose name it is: `server`, or that of a service
/// @param message for people
/// @param details what programs go by; none or one
public record RichRefusal(
    GrpcStatus status, String reason, String domain, String message, List<Detail> details) {

  private static final String SERVER = "server";
  private static final String TRAILER = "grpc-status-details-bin";
  private static final String TYPE_URL = "type.googleapis.com/";

  /// So that message and details fit in what clients take of trailers.
  private static final int MESSAGE_CHARS_MAX = 500;

  /// A message within the details.
  ///
  /// @param type its full name
  /// @param bytes the message
  public record Detail(String type, byte[] bytes) {
    /// Of a message that we have.
    ///
    /// @param message any
    /// @return its name and bytes
    public static Detail of(Message message) {
      return new Detail(message.getDescriptorForType().getFullName(), message.toByteArray());
    }
  }

  /// Cuts a message that is too long.
  public RichRefusal {
    details = List.copyOf(details);
    if (message.length() > MESSAGE_CHARS_MAX) {
      message = message.substring(0, MESSAGE_CHARS_MAX) + "…";
    }
  }

  /// A request that makes no sense.
  ///
  /// @param field which part of it, as `records[2].schema.name`; may be empty
  /// @param message what was expected of it and what was found
  /// @return the refusal
  public static RichRefusal badRequest(String field, String message) {
    // google.rpc.BadRequest: | field_violations 1 ( field 1 | description 2 ) … |
    var violations = new WireWriter(128);
    violations.begin(1);
    violations.text(1, field);
    violations.text(2, message);
    violations.end();
    return new RichRefusal(
        GrpcStatus.INVALID_ARGUMENT,
        name(ServerError.SERVER_ERROR_BAD_REQUEST),
        SERVER,
        message,
        List.of(new Detail("google.rpc.BadRequest", violations.toByteArray())));
  }

  /// Somebody has not the right.
  ///
  /// @param caller who
  /// @param operation what was to be done
  /// @param message which right is missing
  /// @return the refusal
  public static RichRefusal denied(Caller caller, String operation, String message) {
    var details = AccessDeniedErrorDetails.newBuilder().setOperation(operation);
    if (caller instanceof Caller.User user) {
      details.setUsername(user.name());
    }
    return new RichRefusal(
        GrpcStatus.PERMISSION_DENIED,
        name(ServerError.SERVER_ERROR_ACCESS_DENIED),
        SERVER,
        message,
        List.of(Detail.of(details.build())));
  }

  /// Not now.
  ///
  /// @param unavailable why
  /// @return the refusal
  public static RichRefusal unavailable(UnavailableException unavailable) {
    var reason =
        switch (unavailable.reason()) {
          case TOO_BUSY -> ServerError.SERVER_ERROR_SERVER_OVERLOADED;
          case CLOSED -> ServerError.SERVER_ERROR_SERVER_SHUTTING_DOWN;
          case INDEXING, READ_ONLY, IN_USE, UNREACHABLE ->
              ServerError.SERVER_ERROR_SERVER_NOT_READY;
        };
    return server(GrpcStatus.UNAVAILABLE, reason, String.valueOf(unavailable.getMessage()));
  }

  /// An error of the server without details.
  ///
  /// @param status the gRPC status
  /// @param error its name
  /// @param message for people
  /// @return the refusal
  public static RichRefusal server(GrpcStatus status, ServerError error, String message) {
    return new RichRefusal(status, name(error), SERVER, message, List.of());
  }

  private static String name(ServerError error) {
    return error.name().replace("SERVER_ERROR_", "");
  }

  /// The same for those who tell all errors alike.
  ///
  /// @return the refusal
  public Refusal asRefusal() {
    return new Refusal(status, message, trailers());
  }

  private GrpcTrailers trailers() {
    return GrpcTrailers.NONE.with(TRAILER, rich());
  }

  /// Ends a call with this error, from any thread.
  ///
  /// @param call which
  public void end(GrpcCall call) {
    call.execute(() -> fail(call));
  }

  /// Ends a call with this error, on its event loop.
  ///
  /// @param call which
  public void fail(GrpcCall call) {
    call.fail(status, message, trailers());
  }

  /// google.rpc.Status: | code 1 | message 2 | details 3 ( type_url 1 | value 2 ) … |
  private byte[] rich() {
    var info = new WireWriter(128); // google.rpc.ErrorInfo: | reason 1 | domain 2 |
    info.text(1, reason);
    info.text(2, domain);
    var out = new WireWriter(1024);
    out.varint(1, status.code());
    out.text(2, message);
    write(out, new Detail("google.rpc.ErrorInfo", info.toByteArray()));
    details.forEach(detail -> write(out, detail));
    return out.toByteArray();
  }

  private static void write(WireWriter out, Detail detail) {
    out.begin(3, detail.bytes.length);
    out.text(1, TYPE_URL + detail.type);
    out.bytes(2, detail.bytes);
    out.end();
  }
}
