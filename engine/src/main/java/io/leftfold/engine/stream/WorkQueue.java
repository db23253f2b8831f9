// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The bounded queue before the writer. The writer takes everything at once.
///
/// Work is handed in without a lock: callers that come in crowds would spend more time on waiting
/// for it, and on being woken from that, than on anything else. A caller first *reserves* room, in
/// one number that holds the bounds, and then puts its work on a stack that the writer takes as a
/// whole and turns round. Only who finds no room waits, with a lock.
///
/// Nothing is lost between the two steps: the queue counts what is reserved, and the writer ends
/// only when that is nothing.
final class WorkQueue {

  /// Of [#reserved]: the highest bit says that the queue is closed, the next 22 bits count pieces
  /// of work, the others bytes. Both have room for more than the bounds, which a first piece of
  /// work may exceed.
  private static final long CLOSED = Long.MIN_VALUE;

  private static final int BYTES_BITS = 41;
  private static final long ONE = 1L << BYTES_BITS;

  private final int lengthMax;
  private final long bytesMax;
  private final AtomicLong reserved = new AtomicLong();
  private final AtomicReference<@Nullable Link> newest = new AtomicReference<>();

  /// The writer, while it is about to sleep or asleep.
  private final AtomicReference<@Nullable Thread> sleeper = new AtomicReference<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notFull = lock.newCondition();
  private final AtomicInteger waitingForRoom = new AtomicInteger();

  /// Made before room is reserved, so that nothing can fail between reserving and handing in.
  private static final class Link {
    final Work work;
    @Nullable Link before;

    Link(Work work) {
      this.work = work;
    }
  }

  /// Bounded.
  ///
  /// @param lengthMax of pieces of work, up to a million
  /// @param bytesMax of all of them, up to 256 GiB
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
    var link = new Link(work);
    while (true) {
      var before = reserved.get();
      if (before < 0) {
        return Offer.CLOSED;
      }
      if (isFull(before, work)) {
        return Offer.FULL;
      }
      if (reserved.compareAndSet(before, before + ONE + work.bytes())) {
        push(link);
        return Offer.TAKEN;
      }
    }
  }

  private boolean isFull(long state, Work work) {
    var length = lengthOf(state);
    return length > 0 && (length >= lengthMax || bytesOf(state) + work.bytes() > bytesMax);
  }

  private static int lengthOf(long state) {
    return (int) ((state & ~CLOSED) >>> BYTES_BITS);
  }

  private static long bytesOf(long state) {
    return state & (ONE - 1);
  }

  private void push(Link link) {
    do {
      link.before = newest.get();
    } while (!newest.compareAndSet(link.before, link));
    wake();
  }

  private void wake() {
    if (sleeper.get() != null) {
      LockSupport.unpark(sleeper.getAndSet(null));
    }
  }

  /// Adds, waiting for room.
  ///
  /// @return whether it was added; otherwise the queue was closed
  boolean put(Work work) {
    while (true) {
      switch (offer(work)) {
        case TAKEN -> {
          return true;
        }
        case CLOSED -> {
          return false;
        }
        case FULL -> awaitRoom(work);
      }
    }
  }

  /// Whoever waits says so first and then looks again; the writer makes room first and then looks
  /// whether somebody waits.
  private void awaitRoom(Work work) {
    lock.lock();
    try {
      waitingForRoom.incrementAndGet();
      for (var state = reserved.get(); state >= 0 && isFull(state, work); state = reserved.get()) {
        notFull.awaitUninterruptibly();
      }
    } finally {
      waitingForRoom.decrementAndGet();
      lock.unlock();
    }
  }

  /// Waits until there is work. For the one thread that takes.
  ///
  /// @return whether there is; otherwise the queue was closed and is drained
  boolean awaitWork() {
    while (newest.get() == null) {
      if (isDrained()) {
        return false;
      }
      sleeper.set(Thread.currentThread());
      if (newest.get() == null && !isDrained()) {
        LockSupport.park(this);
      }
      sleeper.set(null);
    }
    return true;
  }

  private boolean isDrained() {
    return reserved.get() == CLOSED;
  }

  /// Takes all that waits, the oldest first.
  ///
  /// @param into empty
  void takeAll(List<Work> into) {
    var room = 0L;
    for (var link = newest.getAndSet(null); link != null; link = link.before) {
      into.addLast(link.work);
      room += ONE + link.work.bytes();
    }
    java.util.Collections.reverse(into);
    reserved.addAndGet(-room);
    if (waitingForRoom.get() > 0) {
      signalRoom();
    }
  }

  private void signalRoom() {
    lock.lock();
    try {
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// How much waits, as last seen.
  int length() {
    return lengthOf(reserved.get());
  }

  /// How many bytes wait, as last seen.
  long bytes() {
    return bytesOf(reserved.get());
  }

  /// Takes no more. What is in it can still be taken out.
  void close() {
    reserved.getAndUpdate(state -> state | CLOSED);
    signalRoom();
    wake();
  }
}
