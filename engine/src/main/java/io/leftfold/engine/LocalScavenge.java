// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.engine.scavenge.Scavenge;
import java.time.Duration;
import java.util.UUID;

/// A scavenge that goes on in the background, or has ended.
public final class LocalScavenge {

  private final Scavenge scavenge;

  LocalScavenge(Scavenge scavenge) {
    this.scavenge = scavenge;
  }

  /// The id that its events in `$scavenges` have.
  ///
  /// @return a random UUID
  public UUID id() {
    return scavenge.id();
  }

  /// How far it is.
  ///
  /// @return the figures
  public ScavengeProgress progress() {
    return ScavengeProgress.of(scavenge.state());
  }

  /// Whether it goes on.
  ///
  /// @return whether it does
  public boolean isRunning() {
    return progress().outcome() == ScavengeProgress.Outcome.RUNNING;
  }

  /// Ends it as soon as possible, and returns at once. What was forgotten stays forgotten; the next
  /// scavenge goes on from there.
  public void stop() {
    scavenge.stop();
  }

  /// Waits until it has ended.
  ///
  /// @return how it ended
  /// @throws InterruptedException if the waiting thread was interrupted; the scavenge goes on
  public ScavengeProgress await() throws InterruptedException {
    scavenge.await();
    return progress();
  }

  /// Waits for a while.
  ///
  /// @param atMost how long
  /// @return whether it has ended
  /// @throws InterruptedException if the waiting thread was interrupted; the scavenge goes on
  public boolean await(Duration atMost) throws InterruptedException {
    return scavenge.await(atMost);
  }
}
