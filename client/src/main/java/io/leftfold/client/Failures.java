// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.AppendCondition;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.Tracking;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.UnavailableException.Reason;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.protocol.messages.store.Wire;
import java.security.cert.CertPathBuilderException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a gRPC status means in the API's words.
///
/// Leftfold sends its errors whole, in `leftfold-failure-bin`. Where that is missing, the trailers
/// that KurrentDB's services send are understood, and otherwise the status code.
///
/// @param connection to name the server, and to see which hints fit
record Failures(ConnectionString connection) {

  private static final Metadata.Key<byte[]> FAILURE =
      Metadata.Key.of("leftfold-failure-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /// How the names of calls begin that write.
  private static final List<String> WRITES =
      List.of("The append to ", "The write of ", "The delete of ", "The tombstone of ");

  private static final Metadata.Key<String> EXCEPTION = asciiKey("exception");
  private static final Metadata.Key<String> STREAM = asciiKey("stream-name");
  private static final Metadata.Key<String> EXPECTED = asciiKey("expected-version");
  private static final Metadata.Key<String> ACTUAL = asciiKey("actual-version");
  private static final Metadata.Key<String> APPEND_BYTES_MAX = asciiKey("maximum-append-size");
  private static final Metadata.Key<String> EVENT_BYTES_MAX = asciiKey("maximum-append-event-size");
  private static final Metadata.Key<String> EVENT_BYTES = asciiKey("proposed-append-event-size");
  private static final Metadata.Key<String> EVENT_ID = asciiKey("event-id");

  /// The error that a failed call means.
  ///
  /// @param call what was asked, as in "The append to account-7"
  /// @param requestBytes how large the request was
  RuntimeException of(StatusRuntimeException failure, String call, long requestBytes) {
    return of(failure, call, requestBytes, List.of());
  }

  /// The error that a failed call means.
  ///
  /// @param call what was asked, as in "The append to account-7"
  /// @param requestBytes how large the request was
  /// @param conditions of the request; the server says which of them failed
  RuntimeException of(
      StatusRuntimeException failure,
      String call,
      long requestBytes,
      List<AppendCondition> conditions) {
    var trailers = Objects.requireNonNullElseGet(failure.getTrailers(), Metadata::new);
    return told(trailers, conditions)
        .or(() -> fromTrailers(trailers, requestBytes))
        .orElseGet(() -> fromStatus(failure, call));
  }

  /// The error that a call on a closed store, read or subscription means.
  static UnavailableException closed(String what) {
    return new UnavailableException(
        Reason.CLOSED, "%s was closed; open another one".formatted(what));
  }

  /// The error of a thread that may not wait any longer.
  UnavailableException interrupted(String call) {
    return new UnavailableException(
        Reason.UNREACHABLE,
        "%s was interrupted while waiting for %s.%s".formatted(call, server(), ifUnheard(call)));
  }

  /// The error of an answer that this client has no words for.
  UnavailableException notUnderstood(String call, RuntimeException cause) {
    return new UnavailableException(
        Reason.UNREACHABLE,
        "%s was answered by %s with something that is not of leftfold.v1 as this client knows it: %s"
            .formatted(call, server(), cause.getMessage()),
        cause);
  }

  private static Optional<RuntimeException> told(
      Metadata trailers, List<AppendCondition> conditions) {
    return Optional.ofNullable(trailers.get(FAILURE))
        .flatMap(bytes -> {
          try {
            return fromFailure(Wire.Failure.parseFrom(bytes), conditions);
          } catch (InvalidProtocolBufferException
              | IllegalArgumentException
              | IndexOutOfBoundsException
              | NoSuchElementException _) {
            return Optional.empty();
          }
        });
  }

  private static Optional<RuntimeException> fromFailure(
      Wire.Failure failure, List<AppendCondition> conditions) {
    return switch (failure.getReasonCase()) {
      case WRONG_EXPECTED_STATE ->
          Optional.of(
              new WrongExpectedStateException(
                  failure.getWrongExpectedState().getConflictsList().stream()
                      .map(Failures::conflict)
                      .toList()));
      case CONDITION_FAILED ->
          Optional.of(
              new ConditionFailedException(
                  conditions.get(failure.getConditionFailed().getCondition()),
                  failure.getConditionFailed().getPositionsList()));
      case ALREADY_TRACKED -> Optional.of(alreadyTracked(failure.getAlreadyTracked()));
      case STREAM_TOMBSTONED ->
          Optional.of(new StreamTombstonedException(StreamName.of(failure.getStreamTombstoned())));
      case LIMIT_EXCEEDED -> Optional.of(limitExceeded(failure.getLimitExceeded()));
      case NOT_AUTHORIZED -> Optional.of(new NotAuthorizedException(failure.getMessage()));
      case UNAVAILABLE ->
          Optional.of(
              new UnavailableException(reason(failure.getUnavailable()), failure.getMessage()));
      case CORRUPT_LOG ->
          Optional.of(
              new CorruptLogException(
                  failure.getCorruptLog().getFile(),
                  failure.getCorruptLog().getOffset(),
                  failure.getCorruptLog().getFinding()));
      case REASON_NOT_SET -> Optional.empty();
    };
  }

  private static WrongExpectedStateException.Conflict conflict(Wire.Failure.Conflict conflict) {
    return new WrongExpectedStateException.Conflict(
        StreamName.of(conflict.getStream()),
        FromWire.expected(conflict.getExpected()),
        FromWire.state(conflict.getActual()));
  }

  private static AlreadyTrackedException alreadyTracked(Wire.Failure.AlreadyTracked told) {
    var tracking = told.getTracking();
    return new AlreadyTrackedException(
        new Tracking(tracking.getSource(), tracking.getPosition()), told.getRecorded());
  }

  private static LimitExceededException limitExceeded(Wire.Failure.LimitExceeded limit) {
    return limit.getEventId().isEmpty()
        ? LimitExceededException.append(limit.getBytes(), limit.getBytesMax())
        : LimitExceededException.event(
            FromWire.id(limit.getEventId()), limit.getBytes(), limit.getBytesMax());
  }

  /// A server that closes does not close what the caller has open: another one may come in its
  /// place, and nothing is to end for good meanwhile.
  private static Reason reason(Wire.Failure.Unavailable reason) {
    return switch (reason) {
      case TOO_BUSY -> Reason.TOO_BUSY;
      case READ_ONLY -> Reason.READ_ONLY;
      case INDEXING -> Reason.INDEXING;
      case IN_USE -> Reason.IN_USE;
      case CLOSED, UNREACHABLE, UNRECOGNIZED -> Reason.UNREACHABLE;
    };
  }

  private Optional<RuntimeException> fromTrailers(Metadata trailers, long requestBytes) {
    try {
      return Optional.ofNullable(
          switch (trailers.get(EXCEPTION)) {
            case "stream-deleted" -> new StreamTombstonedException(stream(trailers));
            case "wrong-expected-version" ->
                new WrongExpectedStateException(
                    stream(trailers),
                    expected(number(trailers, EXPECTED)),
                    actual(number(trailers, ACTUAL)));
            case "access-denied" ->
                new NotAuthorizedException(
                    "%s has not the right to this; ask for it, or connect as somebody else. An administrator sees what is missing with \"leftfold access explain\""
                        .formatted(
                            connection
                                .credentials()
                                .map(ConnectionString.Credentials::user)
                                .orElse("Whoever names no user")));
            case "maximum-append-size-exceeded" ->
                LimitExceededException.append(requestBytes, number(trailers, APPEND_BYTES_MAX));
            case "maximum-append-event-size-exceeded" ->
                LimitExceededException.event(
                    UUID.fromString(value(trailers, EVENT_ID)),
                    number(trailers, EVENT_BYTES),
                    number(trailers, EVENT_BYTES_MAX));
            case null, default -> null;
          });
    } catch (IllegalArgumentException _) {
      // A trailer that cannot be read: the status says more.
      return Optional.empty();
    }
  }

  private static StreamName stream(Metadata trailers) {
    return StreamName.of(value(trailers, STREAM));
  }

  private static long number(Metadata trailers, Metadata.Key<String> key) {
    return Long.parseLong(value(trailers, key));
  }

  private static String value(Metadata trailers, Metadata.Key<String> key) {
    var value = trailers.get(key);
    if (value == null) {
      throw new IllegalArgumentException("The trailer %s is missing".formatted(key.name()));
    }
    return value;
  }

  /// The numbers that KurrentDB counts below 0 for what is not a revision.
  private static ExpectedState expected(long version) {
    return switch (Math.clamp(version, -5, 0)) {
      case -1 -> ExpectedState.noStream();
      case -2 -> ExpectedState.any();
      case -4 -> ExpectedState.streamExists();
      default -> ExpectedState.atRevision(version);
    };
  }

  private static StreamState actual(long version) {
    if (version < 0) {
      return new StreamState.Absent();
    }
    return version == Long.MAX_VALUE
        ? new StreamState.Tombstoned()
        : new StreamState.Present(0, version);
  }

  private RuntimeException fromStatus(StatusRuntimeException failure, String call) {
    var status = failure.getStatus();
    return switch (status.getCode()) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> new IllegalArgumentException(finding(status), failure);
      case UNAUTHENTICATED ->
          new NotAuthorizedException(
              connection.credentials().isPresent()
                  ? "%s was refused by %s: it does not take the user and password of the connection string. One of them is wrong, the user is disabled, or too many were tried just now"
                      .formatted(call, server())
                  : "%s was refused by %s: it wants to know who asks. Name a user in the connection string: kurrentdb://<user>:<password>@…"
                      .formatted(call, server()));
      case PERMISSION_DENIED ->
          new NotAuthorizedException(
              "%s was refused by %s (%s); ask for rights, or connect as somebody else"
                  .formatted(call, server(), finding(status)));
      case UNIMPLEMENTED ->
          unreachable(
              failure,
              "%s cannot be asked of %s: it does not speak leftfold.v1 (%s). Is it another kind of server, or an older one? Ask it with its own client, or start one with \"leftfold serve\"."
                  .formatted(call, server(), finding(status)));
      case RESOURCE_EXHAUSTED ->
          new UnavailableException(
              Reason.TOO_BUSY,
              "%s is more than %s takes at once (%s); send less, or try again in a moment"
                  .formatted(call, server(), finding(status)),
              failure);
      case DEADLINE_EXCEEDED ->
          unreachable(
              failure,
              "%s was not answered by %s within %d ms. To wait longer, add defaultDeadline=<ms> to the connection string.%s"
                  .formatted(
                      call, server(), connection.defaultDeadline().toMillis(), ifUnheard(call)));
      case UNAVAILABLE ->
          unreachable(
              failure,
              "%s did not reach %s (%s). %s.%s"
                  .formatted(call, server(), finding(status), advice(status), ifUnheard(call)));
      case OK,
          CANCELLED,
          UNKNOWN,
          NOT_FOUND,
          ALREADY_EXISTS,
          FAILED_PRECONDITION,
          ABORTED,
          INTERNAL,
          DATA_LOSS ->
          unreachable(
              failure,
              "%s ended at %s with %s (%s); the server's log may say more.%s"
                  .formatted(call, server(), status.getCode(), finding(status), ifUnheard(call)));
    };
  }

  private String advice(Status status) {
    if (connection.tls().isEmpty()) {
      return "Check that a server runs there without TLS";
    }
    return causes(status).anyMatch(CertPathBuilderException.class::isInstance)
        ? "Its certificate is not signed by an authority that is trusted here: name the file of that authority's certificate with tlsCaFile=<file> in the connection string; a server that made its own keeps it in its data directory, as tls/ca.crt"
        : "Check that a server runs there with TLS (without it, add tls=false to the connection string)";
  }

  private static Stream<Throwable> causes(Status status) {
    return Stream.iterate(status.getCause(), Objects::nonNull, Throwable::getCause);
  }

  /// What whoever wrote has to know; nothing for a call that only reads.
  private static String ifUnheard(String call) {
    return WRITES.stream().anyMatch(call::startsWith)
        ? " It may have taken place all the same: repeat it with the same event ids."
        : "";
  }

  private static UnavailableException unreachable(Exception cause, String message) {
    return new UnavailableException(Reason.UNREACHABLE, message, cause);
  }

  /// What the status says, down to the first cause: "Connection refused" rather than "io
  /// exception".
  private static String finding(Status status) {
    var description = Optional.ofNullable(status.getDescription()).orElse("no reason given");
    return causes(status)
        .reduce((_, deeper) -> deeper)
        .map(Throwable::getMessage)
        .map(message -> description.lines().findFirst().orElse("") + ": " + message)
        .orElse(description);
  }

  private String server() {
    return connection.seeds().stream()
        .map(ConnectionString.Seed::toString)
        .collect(Collectors.joining(" or "));
  }

  private static Metadata.Key<String> asciiKey(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
