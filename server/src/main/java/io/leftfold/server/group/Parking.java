// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.ArrayDeque;
import java.util.function.BiConsumer;

/// The events that are to be parked, until their links are durable. A link that could not be
/// written is tried again in a while.
final class Parking {

  private static final long AGAIN_MILLIS = 1_000;

  private final ArrayDeque<Failed> failed = new ArrayDeque<>();
  private int count;

  /// An event whose link could not be written.
  private record Failed(Entry entry, String reason, long again) {}

  /// One more.
  void begun() {
    count++;
  }

  /// One less.
  void done() {
    count--;
  }

  /// Its link could not be written.
  void failed(Entry entry, String reason, long now) {
    failed.add(new Failed(entry, reason, now + AGAIN_MILLIS));
  }

  /// Gives those that are to be tried again by now, with the reasons for which they are parked.
  void again(long now, BiConsumer<Entry, String> park) {
    while (!failed.isEmpty() && failed.element().again() <= now) {
      var next = failed.remove();
      park.accept(next.entry(), next.reason());
    }
  }

  /// When there is one to be tried again; [Long#MAX_VALUE] for never.
  long dueAt() {
    return failed.isEmpty() ? Long.MAX_VALUE : failed.element().again();
  }

  /// How many there are.
  int count() {
    return count;
  }
}
