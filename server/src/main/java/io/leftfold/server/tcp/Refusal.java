// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.protocol.messages.tcp.NotHandled;
import io.leftfold.protocol.messages.tcp.NotHandled.NotHandledReason;
import io.leftfold.server.node.TooManyEventsException;

/// An error, as far as all answers of this wire have the same words for it.
sealed interface Refusal {

  /// A stream is not what was expected.
  ///
  /// @param actual its last revision, −1 if it has none
  record WrongVersion(String message, long actual) implements Refusal {}

  /// A stream was closed for ever.
  record Deleted(String message) implements Refusal {}

  /// The caller may not.
  record Denied() implements Refusal {
    static final String MESSAGE = "Access denied.";
  }

  /// The node does not answer now; clients come again, unless it is read-only.
  record NotNow(NotHandledReason reason) implements Refusal {}

  /// The request cannot be done, now or later.
  record Bad(String message) implements Refusal {}

  /// What a caller is told of an error. It is logged if it is no caller's fault.
  ///
  /// @throws OutOfMemoryError if it is one: that is not the matter of one request
  static Refusal of(Throwable error) {
    return switch (error) {
      case OutOfMemoryError fatal -> throw fatal;
      case LeftfoldException known -> of(known);
      case TooManyEventsException many -> new Bad(text(many));
      case IllegalArgumentException misuse -> new Bad(text(misuse));
      default -> {
        System.getLogger(Refusal.class.getName())
            .log(System.Logger.Level.ERROR, "A request over TCP failed", error);
        yield new Bad("The server failed; its log says why");
      }
    };
  }

  private static Refusal of(LeftfoldException error) {
    return switch (error) {
      case WrongExpectedStateException wrong ->
          new WrongVersion(text(wrong), wrong.actual().lastRevision());
      case StreamTombstonedException tombstoned ->
          new Deleted("Event stream '%s' is deleted.".formatted(tombstoned.stream()));
      case NotAuthorizedException _ -> new Denied();
      case UnavailableException unavailable -> new NotNow(reason(unavailable));
      case LimitExceededException limit -> new Bad(text(limit));
      case CorruptLogException corrupt -> new Bad(text(corrupt));
      case ConditionFailedException failed -> new Bad(text(failed));
      case AlreadyTrackedException tracked -> new Bad(text(tracked));
    };
  }

  private static NotHandledReason reason(UnavailableException unavailable) {
    return switch (unavailable.reason()) {
      case TOO_BUSY -> NotHandledReason.TooBusy;
      case READ_ONLY -> NotHandledReason.IsReadOnly;
      case CLOSED, INDEXING, IN_USE, UNREACHABLE -> NotHandledReason.NotReady;
    };
  }

  private static String text(Throwable error) {
    return String.valueOf(error.getMessage());
  }

  /// What clients come again after.
  static NotHandled notHandled(NotHandledReason reason) {
    return NotHandled.newBuilder().setReason(reason).build();
  }

  /// Answers a request that has no words of its own for an error.
  static void answer(Exchange exchange, Throwable error) {
    switch (of(error)) {
      case NotNow(var reason) -> exchange.answer(Command.NOT_HANDLED, notHandled(reason));
      case Bad(var message) -> exchange.answer(Command.BAD_REQUEST, message);
      case WrongVersion(var message, _) -> exchange.answer(Command.BAD_REQUEST, message);
      case Deleted(var message) -> exchange.answer(Command.BAD_REQUEST, message);
      case Denied() -> exchange.answer(Command.BAD_REQUEST, Denied.MESSAGE);
    }
  }
}
