// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import java.util.List;

/// Lets the members of a topology work.
interface Driver extends AutoCloseable {

  List<Member> members();

  /// Begins, once.
  void start();

  /// Somebody has appended; returns when they may go on.
  ///
  /// @param position of the last event
  void appended(long position);

  /// Lets a member begin anew that has ended by itself.
  ///
  /// @return whether it had, and nobody else sees to it
  default boolean restart(Member member) {
    return false;
  }

  /// Does what there is to do, in the caller's thread, until there is nothing.
  ///
  /// @throws IllegalStateException if the work is done elsewhere
  void drain();

  @Override
  void close();
}
