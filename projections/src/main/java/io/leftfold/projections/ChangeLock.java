// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.LeftfoldException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The lock of a projection: what is done to it is done one thing after the other, until it is
/// closed.
///
/// Of a change that the store did not acknowledge nobody knows whether the log has it. Then the
/// projection is *in doubt*, and before anything else is done to it the log is read again.
final class ChangeLock {

  private final ReentrantLock lock = new ReentrantLock();
  private final String projection;
  private final Runnable reading;

  // What follows is guarded by the lock.

  private boolean isInDoubt;
  private boolean isClosed;

  /// @param projection its name
  /// @param reading makes the projection what the log says; throws if the log does not answer
  ChangeLock(String projection, Runnable reading) {
    this.projection = projection;
    this.reading = reading;
  }

  /// Looks at something that does not change meanwhile.
  <T> T looking(Supplier<T> look) {
    lock.lock();
    try {
      return look.get();
    } finally {
      lock.unlock();
    }
  }

  /// Changes something.
  ///
  /// @throws ProjectionException if the projection is closed
  void change(Runnable what) {
    changing(() -> {
      what.run();
      return true;
    });
  }

  /// Changes something, and tells what came of it.
  ///
  /// @throws ProjectionException if the projection is closed
  <T> T changing(Supplier<T> what) {
    return looking(() -> {
      if (isClosed) {
        throw new ProjectionException(
            ProjectionException.Reason.CLOSED,
            "Projection %s was closed meanwhile; if all were restarted, ask again"
                .formatted(projection));
      }
      settle();
      try {
        return what.get();
      } catch (LeftfoldException e) {
        isInDoubt = true;
        throw e;
      }
    });
  }

  /// Does something in the course of which, whatever ends it, only the log knows how things are.
  <T> T inDoubt(Supplier<T> what) {
    isInDoubt = true;
    var done = what.get();
    isInDoubt = false;
    return done;
  }

  private void settle() {
    if (isInDoubt) {
      reading.run();
      isInDoubt = false;
    }
  }

  /// Looks after the projection, unless somebody else is at it, or it is closed.
  ///
  /// @param mayRead whether the log may be asked now, if there is a doubt; else nothing is done
  void whenFree(BooleanSupplier mayRead, Runnable what) {
    if (!lock.tryLock()) {
      return;
    }
    try {
      if (!isClosed && (!isInDoubt || mayRead.getAsBoolean())) {
        settle();
        what.run();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Lets nothing be done any more but this.
  void close(Runnable last) {
    looking(() -> {
      isClosed = true;
      last.run();
      return true;
    });
  }

  boolean isClosed() {
    return looking(() -> isClosed);
  }
}
