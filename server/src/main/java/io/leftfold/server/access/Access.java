// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.NotAuthorizedException;

/// Decides who may do what.
public interface Access {

  /// Whether a caller has a right, as of this moment, and why.
  ///
  /// @param caller who asks
  /// @param right what for
  /// @return the decision
  Decision decide(Caller caller, Right right);

  /// Lets a caller pass who has a right.
  ///
  /// @param caller who asks
  /// @param right what for
  /// @throws NotAuthorizedException if the caller has not; the message says which right is missing
  void require(Caller caller, Right right);

  /// Whether a caller has every right, so that it need not be asked for one by one.
  ///
  /// @param caller who asks
  /// @return whether nothing would be denied
  boolean isUnlimited(Caller caller);

  /// The access of a node without users.
  ///
  /// @return lets everybody pass
  static Access open() {
    return new Access() {
      @Override
      public Decision decide(Caller caller, Right right) {
        return Decision.granted(Decision.Grounds.TRUSTED);
      }

      @Override
      public void require(Caller caller, Right right) {
        // Everybody may do everything.
      }

      @Override
      public boolean isUnlimited(Caller caller) {
        return true;
      }
    };
  }
}
