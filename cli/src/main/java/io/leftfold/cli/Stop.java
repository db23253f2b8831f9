// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The wish that a command end: Ctrl-C, or a signal from outside. A command that runs for long asks
/// now and then, ends cleanly, and says so.
final class Stop {
  private final CountDownLatch requested = new CountDownLatch(1);
  private volatile Duration allowed = Duration.ofMinutes(1);

  /// How long the command may take to end.
  void mayTake(Duration duration) {
    allowed = duration;
  }

  /// How long the command may take to end; a minute, unless it says otherwise.
  Duration allowed() {
    return allowed;
  }

  void request() {
    requested.countDown();
  }

  boolean isRequested() {
    return requested.getCount() == 0;
  }

  /// Waits a while.
  ///
  /// @return whether the wish came
  boolean await(Duration atMost) throws InterruptedException {
    return requested.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  void await() throws InterruptedException {
    requested.await();
  }
}
