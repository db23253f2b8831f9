// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.manystreams;

import com.google.protobuf.Message;
import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.protocol.messages.errors.AccessDeniedErrorDetails;
import io.leftfold.protocol.messages.errors.ServerError;
import io.leftfold.protocol.messages.manystreams.errors.AppendConsistencyViolationErrorDetails;
import io.leftfold.protocol.messages.manystreams.errors.AppendRecordSizeExceededErrorDetails;
import io.leftfold.protocol.messages.manystreams.errors.AppendTransactionSizeExceededErrorDetails;
import io.leftfold.protocol.messages.manystreams.errors.ConsistencyViolation;
import io.leftfold.protocol.messages.manystreams.errors.StreamAlreadyInAppendSessionErrorDetails;
import io.leftfold.protocol.messages.manystreams.errors.StreamRevisionConflictErrorDetails;
import io.leftfold.protocol.messages.manystreams.errors.StreamTombstonedErrorDetails;
import io.leftfold.protocol.messages.manystreams.errors.StreamsError;
import io.leftfold.protocol.wire.WireException;
import io.leftfold.protocol.wire.WireWriter;
import io.leftfold.server.access.Caller;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;
import io.leftfold.server.node.TooManyEventsException;
import java.util.ArrayList;
import java.util.List;

/// An error as this wire says it: a status, and in its details a `google.rpc.Status` that holds the
/// reason's name first and what belongs to the reason last, which is where clients look.
///
/// @param status the gRPC status
/// @param reason the name of an error of the server or of streams, without what all names begin
///   with
/// @param domain `server` or `streams`
/// @param message for people
/// @param details what programs go by; none or one
record Refusal(
    GrpcStatus status, String reason, String domain, String message, List<Detail> details) {

  private static final System.Logger LOGGER = System.getLogger(Refusal.class.getName());
  private static final String TRAILER = "grpc-status-details-bin";
  private static final String TYPE_URL = "type.googleapis.com/";

  /// So that message and details fit in what clients take of trailers.
  private static final int MESSAGE_CHARS_MAX = 500;

  /// Of more violations than fit, the first are told.
  private static final int VIOLATIONS_BYTES_MAX = 1200;

  /// A message within the details.
  ///
  /// @param type its full name
  /// @param bytes the message
  record Detail(String type, byte[] bytes) {
    static Detail of(Message message) {
      return new Detail(message.getDescriptorForType().getFullName(), message.toByteArray());
    }
  }

  Refusal {
    details = List.copyOf(details);
    if (message.length() > MESSAGE_CHARS_MAX) {
      message = message.substring(0, MESSAGE_CHARS_MAX) + "…";
    }
  }

  /// What a caller is told of an error. It is logged if it is no caller's fault.
  ///
  /// @param caller who called
  /// @throws OutOfMemoryError if it is one: that is not the matter of one call
  static Refusal of(Throwable error, Caller caller) {
    return switch (error) {
      case OutOfMemoryError fatal -> throw fatal;
      case LeftfoldException known -> of(known, caller);
      case RecordTooLargeException large -> recordTooLarge(large.stream(), large.limit());
      case TooManyEventsException many -> badRequest("records", text(many));
      case BadRequestException bad -> badRequest(bad.field(), text(bad));
      case IllegalArgumentException misuse -> badRequest("", text(misuse));
      default -> {
        LOGGER.log(System.Logger.Level.ERROR, "A call to StreamsService failed", error);
        yield server(
            GrpcStatus.INTERNAL,
            ServerError.SERVER_ERROR_SERVER_MALFUNCTION,
            "The call failed inside the server; its log says why");
      }
    };
  }

  private static Refusal of(LeftfoldException error, Caller caller) {
    return switch (error) {
      case WrongExpectedStateException wrong -> conflict(wrong.conflicts().getFirst());
      case StreamTombstonedException tombstoned ->
          streams(
              GrpcStatus.FAILED_PRECONDITION,
              StreamsError.STREAMS_ERROR_STREAM_TOMBSTONED,
              text(tombstoned),
              StreamTombstonedErrorDetails.newBuilder()
                  .setStream(tombstoned.stream().value())
                  .build());
      case LimitExceededException limit -> tooLarge(text(limit), limit.bytes(), limit.bytesMax());
      case NotAuthorizedException denied -> denied(denied, caller);
      case UnavailableException unavailable -> unavailable(unavailable);
      case CorruptLogException corrupt ->
          server(GrpcStatus.INTERNAL, ServerError.SERVER_ERROR_SERVER_MALFUNCTION, text(corrupt));
      // Nobody can state a condition on this wire.
      case ConditionFailedException _, AlreadyTrackedException _ ->
          server(GrpcStatus.INTERNAL, ServerError.SERVER_ERROR_SERVER_MALFUNCTION, text(error));
    };
  }

  private static Refusal unavailable(UnavailableException unavailable) {
    var reason =
        switch (unavailable.reason()) {
          case TOO_BUSY -> ServerError.SERVER_ERROR_SERVER_OVERLOADED;
          case CLOSED -> ServerError.SERVER_ERROR_SERVER_SHUTTING_DOWN;
          case INDEXING, READ_ONLY, IN_USE, UNREACHABLE ->
              ServerError.SERVER_ERROR_SERVER_NOT_READY;
        };
    return server(GrpcStatus.UNAVAILABLE, reason, text(unavailable));
  }

  private static Refusal denied(NotAuthorizedException denied, Caller caller) {
    var details = AccessDeniedErrorDetails.newBuilder().setOperation("append");
    if (caller instanceof Caller.User user) {
      details.setUsername(user.name());
    }
    return new Refusal(
        GrpcStatus.PERMISSION_DENIED,
        name(ServerError.SERVER_ERROR_ACCESS_DENIED),
        "server",
        text(denied),
        List.of(Detail.of(details.build())));
  }

  static Refusal shuttingDown() {
    return server(
        GrpcStatus.UNAVAILABLE,
        ServerError.SERVER_ERROR_SERVER_SHUTTING_DOWN,
        "The server is shutting down; connect again and repeat the append");
  }

  static Refusal noRequests() {
    return new Refusal(
        GrpcStatus.FAILED_PRECONDITION,
        name(StreamsError.STREAMS_ERROR_APPEND_SESSION_NO_REQUESTS),
        "streams",
        "An append session has at least one request, but it ended without",
        List.of());
  }

  static Refusal alreadyInSession(String stream) {
    return streams(
        GrpcStatus.ABORTED,
        StreamsError.STREAMS_ERROR_STREAM_ALREADY_IN_APPEND_SESSION,
        "An append session has one request for each stream, got another one for \"%s\"; put the records of a stream in one request, or use AppendRecords"
            .formatted(stream),
        StreamAlreadyInAppendSessionErrorDetails.newBuilder().setStream(stream).build());
  }

  private static Refusal recordTooLarge(String stream, LimitExceededException limit) {
    return streams(
        GrpcStatus.INVALID_ARGUMENT,
        StreamsError.STREAMS_ERROR_APPEND_RECORD_SIZE_EXCEEDED,
        text(limit),
        AppendRecordSizeExceededErrorDetails.newBuilder()
            .setStream(stream)
            .setRecordId(limit.eventId().orElseThrow().toString())
            .setSize(clamped(limit.bytes()))
            .setMaxSize(clamped(limit.bytesMax()))
            .build());
  }

  private static Refusal tooLarge(String message, long bytes, long bytesMax) {
    return streams(
        GrpcStatus.ABORTED,
        StreamsError.STREAMS_ERROR_APPEND_TRANSACTION_SIZE_EXCEEDED,
        message,
        AppendTransactionSizeExceededErrorDetails.newBuilder()
            .setSize(clamped(bytes))
            .setMaxSize(clamped(bytesMax))
            .build());
  }

  private static int clamped(long bytes) {
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }

  private static Refusal conflict(WrongExpectedStateException.Conflict conflict) {
    return streams(
        GrpcStatus.FAILED_PRECONDITION,
        StreamsError.STREAMS_ERROR_STREAM_REVISION_CONFLICT,
        "Append to %s expected %s, but the stream is %s"
            .formatted(conflict.stream(), conflict.expected(), conflict.actual()),
        StreamRevisionConflictErrorDetails.newBuilder()
            .setStream(conflict.stream().value())
            .setExpectedRevision(Records.number(conflict.expected()))
            .setActualRevision(conflict.actual().lastRevision())
            .build());
  }

  /// Checks that do not hold, in their order.
  ///
  /// @param message about the first
  static Refusal violated(String message, List<ConsistencyViolation> violations) {
    var told = new ArrayList<ConsistencyViolation>();
    var bytes = 0;
    for (var violation : violations) {
      bytes += violation.getSerializedSize();
      if (bytes <= VIOLATIONS_BYTES_MAX || told.isEmpty()) {
        told.add(violation);
      }
    }
    return streams(
        GrpcStatus.FAILED_PRECONDITION,
        StreamsError.STREAMS_ERROR_APPEND_CONSISTENCY_VIOLATION,
        told.size() == violations.size()
            ? message
            : "%s; %d checks do not hold, of which %d are told"
                .formatted(message, violations.size(), told.size()),
        AppendConsistencyViolationErrorDetails.newBuilder().addAllViolations(told).build());
  }

  /// What bytes are that are no message of the service.
  static BadRequestException noMessage(WireException cause) {
    return noMessage(text(cause));
  }

  static BadRequestException noMessage(String cause) {
    return new BadRequestException(
        "", "The request is not a message of kurrentdb.protocol.v2.streams: " + cause);
  }

  private static Refusal badRequest(String field, String message) {
    // google.rpc.BadRequest: | field_violations 1 ( field 1 | description 2 ) … |
    var violations = new WireWriter(128);
    violations.begin(1);
    violations.text(1, field);
    violations.text(2, message);
    violations.end();
    return new Refusal(
        GrpcStatus.INVALID_ARGUMENT,
        name(ServerError.SERVER_ERROR_BAD_REQUEST),
        "server",
        message,
        List.of(new Detail("google.rpc.BadRequest", violations.toByteArray())));
  }

  private static Refusal server(GrpcStatus status, ServerError error, String message) {
    return new Refusal(status, name(error), "server", message, List.of());
  }

  private static Refusal streams(
      GrpcStatus status, StreamsError error, String message, Message detail) {
    return new Refusal(status, name(error), "streams", message, List.of(Detail.of(detail)));
  }

  private static String name(ServerError error) {
    return error.name().replace("SERVER_ERROR_", "");
  }

  private static String name(StreamsError error) {
    return error.name().replace("STREAMS_ERROR_", "");
  }

  private static String text(Throwable error) {
    return String.valueOf(error.getMessage());
  }

  /// Ends a call with this error, from any thread.
  void end(GrpcCall call) {
    call.execute(() -> fail(call));
  }

  /// Ends a call with this error, on its event loop.
  void fail(GrpcCall call) {
    call.fail(status, message, GrpcTrailers.NONE.with(TRAILER, rich()));
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
