// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;

/// Errors as answers.
public final class Refusals {

  private static final System.Logger LOGGER = System.getLogger(Refusals.class.getName());
  private static final String RETRY_AFTER_SECONDS = "5";

  /// Asks for other credentials in a `WWW-Authenticate`. The scheme is none that browsers know, nor
  /// is the other: they would ask people for a password, in the name of any page that has an image
  /// from here.
  public static final String ASKS_UNKNOWN = "X-Basic realm=\"ESDB\"";

  /// Asks for credentials of somebody who may.
  public static final String ASKS_DENIED = "BasicCustom realm=\"Kurrent\"";

  private Refusals() {}

  /// What an error is answered with.
  ///
  /// @param error what went wrong
  /// @return the answer
  public static Answer of(Throwable error) {
    return switch (error) {
      case RefusedException refused -> refused.answer();
      case LeftfoldException known -> of(known);
      case IllegalArgumentException misuse ->
          Answer.refusal(Status.BAD_REQUEST, String.valueOf(misuse.getMessage()));
      default -> {
        LOGGER.log(System.Logger.Level.ERROR, "A request over HTTP failed", error);
        yield Answer.refusal(Status.FAILED, "The server's log says why");
      }
    };
  }

  /// What an error of the store is answered with.
  ///
  /// @param error what went wrong
  /// @return the answer
  public static Answer of(LeftfoldException error) {
    return switch (error) {
      case WrongExpectedStateException wrong -> wrongVersion(wrong);
      case StreamTombstonedException _ -> Answer.refusal(Status.GONE, "Deleted");
      case NotAuthorizedException _ -> denied();
      case LimitExceededException limit ->
          Answer.refusal(
              Status.TOO_LARGE,
              "Too large events received. Limit is %d bytes.".formatted(limit.bytesMax()));
      case UnavailableException unavailable ->
          unavailable(String.valueOf(unavailable.getMessage()));
      default -> {
        LOGGER.log(System.Logger.Level.ERROR, "A request over HTTP failed", error);
        yield Answer.refusal(Status.FAILED, String.valueOf(error.getMessage()));
      }
    };
  }

  private static Answer wrongVersion(WrongExpectedStateException wrong) {
    var current = Long.toString(wrong.actual().lastRevision());
    return Answer.refusal(Status.BAD_REQUEST, "Wrong expected EventNumber")
        .with("Kurrent-CurrentVersion", current)
        .with("ES-CurrentVersion", current);
  }

  /// Credentials that are not valid.
  static Answer unknown() {
    return Answer.refusal(Status.UNAUTHORIZED, "Unauthorized")
        .with("WWW-Authenticate", ASKS_UNKNOWN);
  }

  /// Somebody who may not.
  ///
  /// @return status 401
  public static Answer denied() {
    return Answer.refusal(Status.UNAUTHORIZED, "Unauthorized")
        .with("WWW-Authenticate", ASKS_DENIED);
  }

  static Answer unavailable(String reason) {
    return Answer.refusal(Status.UNAVAILABLE, reason).with("Retry-After", RETRY_AFTER_SECONDS);
  }
}
