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
import io.leftfold.server.access.Caller;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.grpc.kurrent.RichRefusal;
import io.leftfold.server.node.TooManyEventsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What callers of this service are told of errors.
final class Refusal {

  private static final System.Logger LOGGER = System.getLogger(Refusal.class.getName());

  /// Of more violations than fit, the first are told.
  private static final int VIOLATIONS_BYTES_MAX = 1200;

  private Refusal() {}

  /// What a caller is told of an error. It is logged if it is no caller's fault.
  ///
  /// @param caller who called
  /// @throws OutOfMemoryError if it is one: that is not the matter of one call
  static RichRefusal of(Throwable error, Caller caller) {
    return switch (error) {
      case OutOfMemoryError fatal -> throw fatal;
      case LeftfoldException known -> of(known, caller);
      case RecordTooLargeException large -> recordTooLarge(large.stream(), large.limit());
      case TooManyEventsException many -> RichRefusal.badRequest("records", text(many));
      case BadRequestException bad -> RichRefusal.badRequest(bad.field(), text(bad));
      case IllegalArgumentException misuse -> RichRefusal.badRequest("", text(misuse));
      default -> {
        LOGGER.log(System.Logger.Level.ERROR, "A call to StreamsService failed", error);
        yield RichRefusal.server(
            GrpcStatus.INTERNAL,
            ServerError.SERVER_ERROR_SERVER_MALFUNCTION,
            "The call failed inside the server; its log says why");
      }
    };
  }

  private static RichRefusal of(LeftfoldException error, Caller caller) {
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
      case NotAuthorizedException denied -> RichRefusal.denied(caller, "append", text(denied));
      case UnavailableException unavailable -> RichRefusal.unavailable(unavailable);
      case CorruptLogException corrupt ->
          RichRefusal.server(
              GrpcStatus.INTERNAL, ServerError.SERVER_ERROR_SERVER_MALFUNCTION, text(corrupt));
      // Nobody can state a condition on this wire.
      case ConditionFailedException _, AlreadyTrackedException _ ->
          RichRefusal.server(
              GrpcStatus.INTERNAL, ServerError.SERVER_ERROR_SERVER_MALFUNCTION, text(error));
    };
  }

  /// An append takes too long. It may be recorded yet.
  static RichRefusal timedOut(Duration waited) {
    return RichRefusal.server(
        GrpcStatus.DEADLINE_EXCEEDED,
        ServerError.SERVER_ERROR_OPERATION_TIMEOUT,
        "Not recorded within %d ms, and perhaps recorded later; with the same ids of records it can be tried again"
            .formatted(waited.toMillis()));
  }

  static RichRefusal shuttingDown() {
    return RichRefusal.server(
        GrpcStatus.UNAVAILABLE,
        ServerError.SERVER_ERROR_SERVER_SHUTTING_DOWN,
        "The server is shutting down; connect again and repeat the append");
  }

  static RichRefusal noRequests() {
    return new RichRefusal(
        GrpcStatus.FAILED_PRECONDITION,
        name(StreamsError.STREAMS_ERROR_APPEND_SESSION_NO_REQUESTS),
        "streams",
        "An append session has at least one request, but it ended without",
        List.of());
  }

  static RichRefusal alreadyInSession(String stream) {
    return streams(
        GrpcStatus.ABORTED,
        StreamsError.STREAMS_ERROR_STREAM_ALREADY_IN_APPEND_SESSION,
        "An append session has one request for each stream, got another one for \"%s\"; put the records of a stream in one request, or use AppendRecords"
            .formatted(stream),
        StreamAlreadyInAppendSessionErrorDetails.newBuilder().setStream(stream).build());
  }

  private static RichRefusal recordTooLarge(String stream, LimitExceededException limit) {
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

  private static RichRefusal tooLarge(String message, long bytes, long bytesMax) {
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

  private static RichRefusal conflict(WrongExpectedStateException.Conflict conflict) {
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
  static RichRefusal violated(String message, List<ConsistencyViolation> violations) {
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

  private static RichRefusal streams(
      GrpcStatus status, StreamsError error, String message, Message detail) {
    return new RichRefusal(
        status, name(error), "streams", message, List.of(RichRefusal.Detail.of(detail)));
  }

  private static String name(StreamsError error) {
    return error.name().replace("STREAMS_ERROR_", "");
  }

  private static String text(Throwable error) {
    return String.valueOf(error.getMessage());
  }
}
