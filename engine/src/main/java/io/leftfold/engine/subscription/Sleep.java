// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.subscription;

/// A subscription that waits: one wait, not the next.
final class Sleep {

  final EngineSubscription subscription;
  final Interest interest;

  /// The end of the log at which a checkpoint is to be told, whatever is wanted.
  final long checkpointAt;

  private volatile boolean sound;

  Sleep(EngineSubscription subscription, Interest interest, long checkpointAt) {
    this.subscription = subscription;
    this.interest = interest;
    this.checkpointAt = checkpointAt;
  }

  /// It is among those that wait, and nothing was behind it then: [Wakeups] looks at every event
  /// from its place on.
  void fallAsleep() {
    sound = true;
  }

  /// Whether nothing escapes [Wakeups] that it waits for.
  boolean isSound() {
    return sound;
  }
}
