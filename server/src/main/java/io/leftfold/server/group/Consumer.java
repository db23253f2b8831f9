// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.LinkedHashSet;

/// A consumer as the core sees it.
final class Consumer {

  final long id;
  final int bufferSize;

  /// What it has, in the order in which it was given.
  final LinkedHashSet<Entry> inFlight = new LinkedHashSet<>();

  /// Whether what it was given before has gone out.
  private boolean reading = true;

  /// How many events it wants, as far as it says.
  private long wanted = Long.MAX_VALUE;

  final Pace pace;
  final Latencies latencies = new Latencies();

  Consumer(long id, int bufferSize, long now) {
    this.id = id;
    this.bufferSize = bufferSize;
    this.pace = new Pace(now);
  }

  boolean hasRoom() {
    return reading && wanted > 0 && inFlight.size() < bufferSize;
  }

  void wanting(long events) {
    wanted = events;
  }

  /// Counts an event that it is given.
  void given() {
    if (wanted != Long.MAX_VALUE) {
      wanted--;
    }
    pace.count();
  }

  void reading(boolean reads) {
    reading = reads;
  }

  int slots() {
    return Math.max(0, bufferSize - inFlight.size());
  }
}
