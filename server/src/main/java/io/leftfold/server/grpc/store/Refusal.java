// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.store;

import static io.leftfold.server.edge.GrpcStatus.DATA_LOSS;
import static io.leftfold.server.edge.GrpcStatus.FAILED_PRECONDITION;
import static io.leftfold.server.edge.GrpcStatus.INTERNAL;
import static io.leftfold.server.edge.GrpcStatus.INVALID_ARGUMENT;
import static io.leftfold.server.edge.GrpcStatus.PERMISSION_DENIED;
import static io.leftfold.server.edge.GrpcStatus.UNAVAILABLE;

import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.Commit;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.protocol.messages.store.Wire;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;
import io.leftfold.server.node.TooManyEventsException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Optional;

/// An error as gRPC says it: a status, a text for people, and trailers that hold all of it.
///
/// @param status the gRPC status code
/// @param message for people
/// @param trailers for programs
public record Refusal(GrpcStatus status, String message, GrpcTrailers trailers) {

  private static final System.Logger LOGGER = System.getLogger(Refusal.class.getName());

  /// The most bytes that conflicts take in the trailers, before they are encoded: clients take 8
  /// KiB of trailers unless they say otherwise. The first conflict is told however long it is.
  private static final int CONFLICT_BYTES_MAX = 2048;

  /// What a caller is told of an error. It is logged if it is no caller's fault.
  ///
  /// @param error what went wrong
  /// @return what to say
  /// @throws OutOfMemoryError if it is one: that is not the matter of one call
  public static Refusal of(Throwable error) {
    return switch (error) {
      case OutOfMemoryError fatal -> throw fatal;
      case LeftfoldException known -> of(known);
      case TooManyEventsException many ->
          new Refusal(
              INVALID_ARGUMENT,
              String.valueOf(many.getMessage()),
              GrpcTrailers.NONE
                  .with("exception", "maximum-append-size-exceeded")
                  .with("maximum-append-size", many.appendBytesMax()));
      case IllegalArgumentException misuse ->
          new Refusal(INVALID_ARGUMENT, String.valueOf(misuse.getMessage()), GrpcTrailers.NONE);
      default -> {
        LOGGER.log(System.Logger.Level.ERROR, "A call to leftfold.v1 failed", error);
        yield new Refusal(
            INTERNAL, "The call failed inside the server; its log says why", GrpcTrailers.NONE);
      }
    };
  }

  /// What the caller of an append is told of an error.
  static Refusal of(LeftfoldException error, Commit commit) {
    return error instanceof ConditionFailedException failed
        ? conditionFailed(failed, commit.conditions().indexOf(failed.condition()))
        : of(error);
  }

  /// Ends a call with this error, from any thread.
  void end(GrpcCall call) {
    call.execute(() -> call.fail(status, message, trailers));
  }

  private static Refusal of(LeftfoldException error) {
    var failure = Wire.Failure.newBuilder();
    return switch (error) {
      case WrongExpectedStateException wrong ->
          told(
              FAILED_PRECONDITION,
              wrong,
              failure.setWrongExpectedState(conflicts(wrong)),
              "wrong-expected-version",
              Optional.of(wrong.stream()));
      case ConditionFailedException failed -> conditionFailed(failed, 0);
      case AlreadyTrackedException tracked ->
          told(
              FAILED_PRECONDITION,
              tracked,
              failure.setAlreadyTracked(
                  Wire.Failure.AlreadyTracked.newBuilder()
                      .setTracking(
                          Wire.Tracking.newBuilder()
                              .setSource(tracked.tracking().source())
                              .setPosition(tracked.tracking().position()))
                      .setRecorded(tracked.recorded())),
              "already-tracked",
              Optional.empty());
      case StreamTombstonedException tombstoned ->
          told(
              FAILED_PRECONDITION,
              tombstoned,
              failure.setStreamTombstoned(tombstoned.stream().value()),
              "stream-deleted",
              Optional.of(tombstoned.stream()));
      case LimitExceededException limit ->
          told(
              INVALID_ARGUMENT,
              limit,
              failure.setLimitExceeded(limit(limit)),
              limit.eventId().isPresent()
                  ? "maximum-append-event-size-exceeded"
                  : "maximum-append-size-exceeded",
              Optional.empty());
      case NotAuthorizedException denied ->
          told(
              PERMISSION_DENIED,
              denied,
              failure
                  .setMessage(String.valueOf(denied.getMessage()))
                  .setNotAuthorized(Wire.Nothing.getDefaultInstance()),
              "access-denied",
              Optional.empty());
      case UnavailableException unavailable ->
          told(
              UNAVAILABLE,
              unavailable,
              failure
                  .setMessage(String.valueOf(unavailable.getMessage()))
                  .setUnavailable(
                      switch (unavailable.reason()) {
                        case CLOSED -> Wire.Failure.Unavailable.CLOSED;
                        case TOO_BUSY -> Wire.Failure.Unavailable.TOO_BUSY;
                        case READ_ONLY -> Wire.Failure.Unavailable.READ_ONLY;
                        case INDEXING -> Wire.Failure.Unavailable.INDEXING;
                        case IN_USE -> Wire.Failure.Unavailable.IN_USE;
                        case UNREACHABLE -> Wire.Failure.Unavailable.UNREACHABLE;
                      }),
              "unavailable",
              Optional.empty());
      case CorruptLogException corrupt ->
          told(
              DATA_LOSS,
              corrupt,
              failure.setCorruptLog(
                  Wire.Failure.CorruptLog.newBuilder()
                      .setFile(corrupt.file())
                      .setOffset(corrupt.offset())
                      .setFinding(finding(corrupt))),
              "corrupt-log",
              Optional.empty());
    };
  }

  private static Refusal conditionFailed(ConditionFailedException failed, int condition) {
    return told(
        FAILED_PRECONDITION,
        failed,
        Wire.Failure.newBuilder()
            .setConditionFailed(
                Wire.Failure.ConditionFailed.newBuilder()
                    .setCondition(condition)
                    .addAllPositions(failed.positions())),
        "condition-failed",
        Optional.empty());
  }

  private static Refusal told(
      GrpcStatus status,
      LeftfoldException error,
      Wire.Failure.Builder failure,
      String exception,
      Optional<StreamName> stream) {
    var trailers = GrpcTrailers.NONE.with("exception", exception);
    if (stream.isPresent()) {
      trailers = trailers.with("stream-name", stream.get().value());
    }
    var entries = new ArrayList<>(trailers.entries());
    // Not cut to the length that all clients take: a failure that is told in part is told wrong.
    entries.add(
        new GrpcTrailers.Entry(
            "leftfold-failure-bin",
            Base64.getEncoder().withoutPadding().encodeToString(failure.build().toByteArray())));
    return new Refusal(status, String.valueOf(error.getMessage()), new GrpcTrailers(entries));
  }

  private static Wire.Failure.WrongExpectedState conflicts(WrongExpectedStateException wrong) {
    var message = Wire.Failure.WrongExpectedState.newBuilder();
    var bytes = 0;
    for (var conflict : wrong.conflicts()) {
      var told =
          Wire.Failure.Conflict.newBuilder()
              .setStream(conflict.stream().value())
              .setExpected(Answers.expected(conflict.expected()))
              .setActual(Answers.state(conflict.actual()))
              .build();
      bytes += told.getSerializedSize();
      if (message.getConflictsCount() > 0 && bytes > CONFLICT_BYTES_MAX) {
        break;
      }
      message.addConflicts(told);
    }
    return message.build();
  }

  private static Wire.Failure.LimitExceeded limit(LimitExceededException limit) {
    var message =
        Wire.Failure.LimitExceeded.newBuilder()
            .setBytes(limit.bytes())
            .setBytesMax(limit.bytesMax());
    limit.eventId().map(Answers::id).ifPresent(message::setEventId);
    return message.build();
  }

  /// What was found, without the place around it, which the other side adds again.
  private static String finding(CorruptLogException corrupt) {
    var message = String.valueOf(corrupt.getMessage());
    var before = "%s is damaged at byte %d: ".formatted(corrupt.file(), corrupt.offset());
    var after = message.indexOf(". Keep the file;");
    return message.startsWith(before) && after >= before.length()
        ? message.substring(before.length(), after)
        : message;
  }
}
