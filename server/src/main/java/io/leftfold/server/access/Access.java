// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.NotAuthorizedException;

/// Decides who may do what.
@FunctionalInterface
public interface Access {

  /// Lets a caller pass who has a right.
  ///
  /// @param caller who asks
  /// @param right what for
  /// @throws NotAuthorizedException if the caller has not; the message says which right is missing,
  ///   for the log and for administrators
  void require(Caller caller, Right right);

  /// The access of a node without users.
  ///
  /// @return lets everybody pass
  static Access open() {
    return (_, _) -> {};
  }
}
