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

  final Pace pace;
  final Latencies latencies = new Latencies();

  Consumer(long id, int bufferSize, long now) {
    this.id = id;
    this.bufferSize = bufferSize;
    this.pace = new Pace(now);
  }

  boolean hasRoom() {
    return reading && inFlight.size() < bufferSize;
  }

  void reading(boolean reads) {
    reading = reads;
  }

  int slots() {
    return Math.max(0, bufferSize - inFlight.size());
  }
}
