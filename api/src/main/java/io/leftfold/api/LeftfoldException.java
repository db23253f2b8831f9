// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// What can go wrong with a store, by what the caller can do about it.
///
/// | error | what to do |
/// |---|---|
/// | [WrongExpectedStateException] | read again, decide again |
/// | [ConditionFailedException] | read again, decide again |
/// | [AlreadyTrackedException] | go on behind what is recorded |
/// | [StreamTombstonedException] | never again |
/// | [LimitExceededException] | send less |
/// | [NotAuthorizedException] | ask for rights |
/// | [UnavailableException] | retry later, perhaps elsewhere |
/// | [CorruptLogException] | stop; keep the files |
public abstract sealed class LeftfoldException extends RuntimeException
    permits WrongExpectedStateException,
        ConditionFailedException,
        AlreadyTrackedException,
        StreamTombstonedException,
        LimitExceededException,
        NotAuthorizedException,
        UnavailableException,
        CorruptLogException {

  private static final long serialVersionUID = 1;

  LeftfoldException(String message) {
    super(message);
  }

  LeftfoldException(String message, Throwable cause) {
    super(message, cause);
  }
}
