// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// How many commands are with their targets.
final class UnderWay {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();
  private int count;

  void begins() {
    lock.lock();
    try {
      count++;
    } finally {
      lock.unlock();
    }
  }

  void ends() {
    lock.lock();
    try {
      count--;
      if (count == 0) {
        none.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits until all are back.
  ///
  /// @return how many are not
  int awaitNone(Duration atMost) {
    var nanos = atMost.toNanos();
    lock.lock();
    try {
      while (count > 0 && nanos > 0) {
        nanos = none.awaitNanos(nanos);
      }
      return count;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return count;
    } finally {
      lock.unlock();
    }
  }
}
