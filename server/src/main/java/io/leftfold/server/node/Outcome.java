// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import java.util.Locale;

/// How an operation ended.
public enum Outcome {
  /// It was done.
  OK,
  /// The caller was wrong about the past.
  CONFLICT,
  /// The stream is closed for ever.
  TOMBSTONED,
  /// It was too large.
  TOO_LARGE,
  /// The caller may not.
  DENIED,
  /// The queue before the writer is full.
  BUSY,
  /// The store cannot, now or until it is opened again.
  UNAVAILABLE,
  /// The log is damaged.
  DAMAGED;

  /// The name in metrics and logs.
  ///
  /// @return in lower case
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Outcome of(LeftfoldException refusal) {
    return switch (refusal) {
      case WrongExpectedStateException _, ConditionFailedException _, AlreadyTrackedException _ ->
          CONFLICT;
      case StreamTombstonedException _ -> TOMBSTONED;
      case LimitExceededException _ -> TOO_LARGE;
      case NotAuthorizedException _ -> DENIED;
      case UnavailableException e when e.reason() == UnavailableException.Reason.TOO_BUSY -> BUSY;
      case UnavailableException _ -> UNAVAILABLE;
      case CorruptLogException _ -> DAMAGED;
    };
  }
}
