// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.kurrent;

import static io.leftfold.server.edge.GrpcStatus.DATA_LOSS;
import static io.leftfold.server.edge.GrpcStatus.FAILED_PRECONDITION;
import static io.leftfold.server.edge.GrpcStatus.INVALID_ARGUMENT;
import static io.leftfold.server.edge.GrpcStatus.PERMISSION_DENIED;
import static io.leftfold.server.edge.GrpcStatus.UNAVAILABLE;
import static io.leftfold.server.edge.GrpcStatus.UNKNOWN;

import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.protocol.wire.MissingMetadataPropertyException;
import io.leftfold.protocol.wire.WireException;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;
import io.leftfold.server.indexes.IndexNotFoundException;
import io.leftfold.server.node.TooManyEventsException;
import java.time.Duration;

/// An error as the clients of KurrentDB understand it: a status, a text, and trailers of which
/// `exception` names the kind.
///
/// @param status the gRPC status
/// @param message for people; some clients look for certain words in it
/// @param trailers for programs
public record Refusal(GrpcStatus status, String message, GrpcTrailers trailers) {

  private static final System.Logger LOGGER = System.getLogger(Refusal.class.getName());

  /// What a caller is told of an error. It is logged if it is no caller's fault.
  ///
  /// @param error what went wrong
  /// @return what to say
  /// @throws OutOfMemoryError if it is one: that is not the matter of one call
  public static Refusal of(Throwable error) {
    return switch (error) {
      case OutOfMemoryError fatal -> throw fatal;
      case LeftfoldException known -> of(known);
      case MissingMetadataPropertyException missing ->
          new Refusal(
              INVALID_ARGUMENT,
              text(missing),
              exception("missing-required-metadata-property")
                  .with("required-metadata-properties", "type,content-type"));
      case TooManyEventsException many -> appendTooLarge(text(many), many.appendBytesMax());
      case WireException malformed -> invalid(text(malformed));
      case IndexNotFoundException missing -> indexNotFound(missing.index());
      case IllegalArgumentException misuse -> invalid(text(misuse));
      default -> {
        LOGGER.log(System.Logger.Level.ERROR, "A call failed", error);
        yield handlerFailed();
      }
    };
  }

  private static Refusal of(LeftfoldException error) {
    return switch (error) {
      case WrongExpectedStateException wrong -> wrongExpectedVersion(wrong);
      // Nobody can state a condition on this wire.
      case ConditionFailedException failed ->
          new Refusal(FAILED_PRECONDITION, text(failed), GrpcTrailers.NONE);
      case AlreadyTrackedException tracked ->
          new Refusal(FAILED_PRECONDITION, text(tracked), GrpcTrailers.NONE);
      case StreamTombstonedException tombstoned -> tombstoned(tombstoned.stream());
      case LimitExceededException limit -> limit(limit);
      case NotAuthorizedException _ ->
          new Refusal(PERMISSION_DENIED, "Access Denied", exception("access-denied"));
      case UnavailableException unavailable ->
          new Refusal(UNAVAILABLE, unavailableText(unavailable), GrpcTrailers.NONE);
      case CorruptLogException corrupt -> new Refusal(DATA_LOSS, text(corrupt), GrpcTrailers.NONE);
    };
  }

  /// The request makes no sense.
  ///
  /// @param message why not
  /// @return what to say
  public static Refusal invalid(String message) {
    return new Refusal(INVALID_ARGUMENT, message, GrpcTrailers.NONE);
  }

  /// What a .NET server answers when a handler throws.
  ///
  /// @return what to say
  public static Refusal handlerFailed() {
    return new Refusal(UNKNOWN, "Exception was thrown by handler.", GrpcTrailers.NONE);
  }

  /// A write takes too long. It may be recorded yet.
  ///
  /// @param waited how long it was waited for
  /// @return what to say
  public static Refusal timedOut(Duration waited) {
    return new Refusal(
        GrpcStatus.ABORTED,
        "Operation timed out: not recorded within %d ms, and perhaps recorded later. With the same ids of events it can be tried again"
            .formatted(waited.toMillis()),
        GrpcTrailers.NONE);
  }

  /// A position beyond the end of the log. Reads of everything say so in other words than those of
  /// an index and subscriptions.
  ///
  /// @param position that was asked for
  /// @return what to say
  public static Refusal invalidPosition(long position) {
    return new Refusal(
        UNKNOWN,
        "Unexpected ReadAllResult: InvalidPosition. There is nothing at %d, which is beyond the end of the log: is it a position of another server?"
            .formatted(position),
        GrpcTrailers.NONE);
  }

  /// A stream was closed for ever.
  ///
  /// @param stream which
  /// @return what to say
  public static Refusal tombstoned(StreamName stream) {
    return new Refusal(
        FAILED_PRECONDITION,
        "Event stream '%s' is deleted.".formatted(stream),
        exception("stream-deleted").with("stream-name", stream.value()));
  }

  /// There is no such index.
  ///
  /// @param index its name
  /// @return what to say
  public static Refusal indexNotFound(String index) {
    return new Refusal(
        GrpcStatus.NOT_FOUND,
        "Index '%s' not found.".formatted(index),
        exception("index-not-found").with("index-name", index));
  }

  /// Only deletes and tombstones say it so; appends have a field for it.
  private static Refusal wrongExpectedVersion(WrongExpectedStateException wrong) {
    var expected = number(wrong.expected());
    var actual = wrong.actual().lastRevision();
    return new Refusal(
        FAILED_PRECONDITION,
        "Delete failed due to WrongExpectedVersion. Stream: %s, Expected version: %d, Actual version: %d"
            .formatted(wrong.stream(), expected, actual),
        exception("wrong-expected-version")
            .with("stream-name", wrong.stream().value())
            .with("expected-version", expected)
            .with("actual-version", actual));
  }

  private static Refusal limit(LimitExceededException limit) {
    if (limit.eventId().isEmpty()) {
      return appendTooLarge(limit.bytesMax());
    }
    var id = limit.eventId().get().toString();
    return new Refusal(
        INVALID_ARGUMENT,
        "Event with Id: %s, Size: %d, exceeds Maximum Append Event Size of %d."
            .formatted(id, limit.bytes(), limit.bytesMax()),
        exception("maximum-append-event-size-exceeded")
            .with("event-id", id)
            .with("proposed-append-event-size", limit.bytes())
            .with("maximum-append-event-size", limit.bytesMax()));
  }

  /// An append has too many bytes.
  ///
  /// @param bytesMax how many it may have
  /// @return what to say
  public static Refusal appendTooLarge(long bytesMax) {
    return appendTooLarge("Maximum Append Size of %d Exceeded.".formatted(bytesMax), bytesMax);
  }

  private static Refusal appendTooLarge(String message, long bytesMax) {
    return new Refusal(
        INVALID_ARGUMENT,
        message,
        exception("maximum-append-size-exceeded").with("maximum-append-size", bytesMax));
  }

  /// Why the store cannot answer, in the words that clients know.
  ///
  /// @param unavailable the error
  /// @return the text
  public static String unavailableText(UnavailableException unavailable) {
    return switch (unavailable.reason()) {
      case TOO_BUSY -> "Server Is Too Busy";
      case CLOSED -> "Server Is Not Ready";
      case INDEXING -> "Server Is Not Ready: " + text(unavailable);
      case READ_ONLY, IN_USE, UNREACHABLE -> text(unavailable);
    };
  }

  /// The numbers that stood for expectations before there were fields for them.
  ///
  /// @param expected what was expected
  /// @return negative, unless it is a revision
  public static long number(ExpectedState expected) {
    return switch (expected) {
      case ExpectedState.Any() -> -2;
      case ExpectedState.NoStream() -> -1;
      case ExpectedState.StreamExists() -> -4;
      case ExpectedState.Deleted() -> -5;
      case ExpectedState.Tombstoned() -> -6;
      case ExpectedState.AtRevision(var revision) -> revision;
    };
  }

  /// Trailers that name the kind of an error.
  ///
  /// @param kind as clients know it
  /// @return the trailers
  public static GrpcTrailers exception(String kind) {
    return GrpcTrailers.NONE.with("exception", kind);
  }

  private static String text(Throwable error) {
    return String.valueOf(error.getMessage());
  }

  /// Ends a call with this error, from any thread.
  ///
  /// @param call any
  public void end(GrpcCall call) {
    call.execute(() -> fail(call));
  }

  /// Ends a call with this error, on its event loop.
  ///
  /// @param call any
  public void fail(GrpcCall call) {
    call.fail(status, message, trailers);
  }
}
