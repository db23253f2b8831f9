// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import java.time.Duration;

/// A process that runs in the caller's thread, a step at a time. What is to be done for inputs that
/// came goes before those that are yet to be taken, and they before timers that are due.
///
/// After an [io.leftfold.api.UnavailableException] the next step tries the same again.
public final class SteppedProcess implements AutoCloseable {

  private final Inbox<?, ?, ?> inbox;
  private final Conductor<?, ?, ?> conductor;
  private final Figures figures;

  SteppedProcess(Inbox<?, ?, ?> inbox, Conductor<?, ?, ?> conductor, Figures figures) {
    this.inbox = inbox;
    this.conductor = conductor;
    this.figures = figures;
  }

  /// Does the next thing there is to do.
  ///
  /// @return whether there was one. What waits for the clock is not to do yet
  public boolean step() {
    try {
      return conductor.turn(Duration.ZERO)
          || (!conductor.isFull() && inbox.turn(Duration.ZERO))
          || conductor.fireOne();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Does what there is to do, until there is nothing.
  ///
  /// @return in how many steps
  public int untilIdle() {
    var steps = 0;
    while (step()) {
      steps++;
    }
    return steps;
  }

  /// How it is doing, as of the last step.
  ///
  /// @return the figures
  public ProcessFigures figures() {
    return figures.read(true);
  }

  /// How many instances stand still, as of the last step; asks no store.
  ///
  /// @return 0 or more
  public long parked() {
    return figures.parked();
  }

  /// Ends it. What is in the store stays, and another runner goes on there.
  @Override
  public void close() {
    inbox.close();
    conductor.close();
  }
}
