// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// How far a store had come when it was read: the right `after` of the append that is decided by
/// that read.
///
/// It is no position: the events that were read may end long before it, and what came between them
/// and the head was looked at too, and did not match.
///
/// @param end one more than the position of the last event there was; 0 if there was none
public record Head(long end) implements Comparable<Head> {

  /// Before the first event.
  public static final Head START = new Head(0);

  /// Checks the number.
  public Head {
    if (end < 0) {
      throw new IllegalArgumentException("A store's head is at 0 or later, got " + end);
    }
  }

  /// As far as an event, that one included.
  ///
  /// @param position of the event
  /// @return the head just behind it
  public static Head behind(long position) {
    return new Head(position == Long.MAX_VALUE ? position : position + 1);
  }

  @Override
  public int compareTo(Head other) {
    return Long.compare(end, other.end);
  }

  @Override
  public String toString() {
    return Long.toString(end);
  }
}
