// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The bounded queue before the writer. The writer takes everything at once.
final class WorkQueue {
  private final int lengthMax;
  private final long bytesMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition notFull = lock.newCondition();

  private ArrayDeque<Work> waiting = new ArrayDeque<>();
  private long bytes;
  private boolean closed;
  private volatile int length;

  WorkQueue(int lengthMax, long bytesMax) {
    this.lengthMax = lengthMax;
    this.bytesMax = bytesMax;
  }

  enum Offer {
    TAKEN,
    FULL,
    CLOSED
  }

  /// Adds, if there is room. A single piece of work is always taken by an empty queue.
  Offer offer(Work work) {
    lock.lock();
    try {
      if (closed) {
        return Offer.CLOSED;
      }
      if (isFull(work)) {
        return Offer.FULL;
      }
      add(work);
      return Offer.TAKEN;
    } finally {
      lock.unlock();
    }
  }

  /// Adds, waiting for room.
  ///
  /// @return whether it was added; otherwise the queue was closed
  boolean put(Work work) {
    lock.lock();
    try {
      while (!closed && isFull(work)) {
        notFull.awaitUninterruptibly();
      }
      if (closed) {
        return false;
      }
      add(work);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean isFull(Work work) {
    return !waiting.isEmpty() && (waiting.size() >= lengthMax || bytes + work.bytes() > bytesMax);
  }

  private void add(Work work) {
    waiting.add(work);
    bytes += work.bytes();
    length = waiting.size();
    if (length == 1) {
      notEmpty.signal();
    }
  }

  /// Waits until there is work.
  ///
  /// @return whether there is; otherwise the queue was closed and is drained
  boolean awaitWork() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        notEmpty.awaitUninterruptibly();
      }
      return !waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /// Takes all that waits, in exchange for an empty deque.
  ArrayDeque<Work> takeAll(ArrayDeque<Work> empty) {
    lock.lock();
    try {
      var taken = waiting;
      waiting = empty;
      bytes = 0;
      length = 0;
      notFull.signalAll();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /// How much waits, as last seen.
  int length() {
    return length;
  }

  /// Takes no more. What is in it can still be taken out.
  void close() {
    lock.lock();
    try {
      closed = true;
      notEmpty.signalAll();
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
