// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.toolkit.ProjectionStatus.Phase;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// How far a projector has come and what it is doing, for those who ask and those who wait.
final class Progress {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private long position = -1;

  /// Before that there is nothing to read, however little is waited for.
  private boolean begun;

  private Phase phase = Phase.IDLE;
  private @Nullable RuntimeException failure;

  /// Everything up to a position was looked at.
  void moved(long to) {
    lock.lock();
    try {
      position = to;
      begun = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void become(Phase next) {
    become(next, null);
  }

  void become(Phase next, @Nullable RuntimeException because) {
    lock.lock();
    try {
      if (phase != Phase.CLOSED) {
        phase = next;
        failure = because;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    return phase() == Phase.CLOSED;
  }

  Phase phase() {
    lock.lock();
    try {
      return phase;
    } finally {
      lock.unlock();
    }
  }

  long position() {
    lock.lock();
    try {
      return position;
    } finally {
      lock.unlock();
    }
  }

  Optional<RuntimeException> failure() {
    lock.lock();
    try {
      return Optional.ofNullable(failure);
    } finally {
      lock.unlock();
    }
  }

  /// Waits until a projection has begun and a position was looked at.
  ///
  /// @return whether it was
  boolean await(ProjectionVersion version, long wanted, Duration atMost)
      throws InterruptedException {
    var nanos = atMost.toNanos();
    lock.lockInterruptibly();
    try {
      while (!begun || position < wanted) {
        requireGoingOn(version, wanted);
        if (nanos <= 0) {
          return false;
        }
        nanos = changed.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void requireGoingOn(ProjectionVersion version, long wanted) {
    switch (phase) {
      case IDLE, RUNNING, RETRYING -> {}
      case STOPPED, RETIRED, CLOSED -> {
        var message =
            "Position %d was waited for, but projection %s is %s at %d"
                .formatted(wanted, version, phase, position);
        throw failure == null
            ? new ProjectionStoppedException(message)
            : new ProjectionStoppedException(message, failure);
      }
    }
  }

  /// Waits a while, or until this is closed. Never by an interrupt: it would close the files of a
  /// store in this process.
  ///
  /// @return whether this is still to go on
  boolean pause(Duration howLong) {
    var nanos = howLong.toNanos();
    lock.lock();
    try {
      while (nanos > 0 && phase != Phase.CLOSED) {
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException _) {
      // Whoever interrupts wants it to be over.
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    return !isClosed();
  }
}
