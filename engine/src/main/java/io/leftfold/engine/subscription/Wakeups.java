// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.subscription;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// Wakes subscriptions that wait at the end of the log. The writer only signals; looking who is
/// concerned is the work of a thread of its own.
public final class Wakeups implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(Wakeups.class.getName());

  private final Set<EngineSubscription> waiting = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean signalled = new AtomicBoolean();
  private final Thread thread;
  private volatile boolean closed;

  /// With its thread, not started yet.
  public Wakeups(ThreadFactory threads) {
    this.thread = threads.newThread(this::run);
    thread.setName("leftfold-wakeups");
  }

  /// Starts the thread.
  public void start() {
    thread.start();
  }

  /// Says that there may be something new.
  public void signal() {
    if (!waiting.isEmpty() && signalled.compareAndSet(false, true)) {
      LockSupport.unpark(thread);
    }
  }

  void add(EngineSubscription subscription) {
    waiting.add(subscription);
    if (closed) {
      wake(subscription);
    }
  }

  void remove(EngineSubscription subscription) {
    waiting.remove(subscription);
  }

  boolean isClosed() {
    return closed;
  }

  private void run() {
    while (!closed) {
      if (signalled.getAndSet(false)) {
        wake(false);
      } else {
        LockSupport.park(this);
      }
    }
    wake(true);
  }

  private void wake(boolean everybody) {
    for (var subscription : waiting.toArray(EngineSubscription[]::new)) {
      if ((everybody || subscription.isWorthWaking()) && waiting.remove(subscription)) {
        wake(subscription);
      }
    }
  }

  /// Whoever waits may fail at being woken; the others are woken all the same.
  private static void wake(EngineSubscription subscription) {
    try {
      subscription.wake();
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.ERROR, "Somebody failed at being told of an event", e);
    }
  }

  /// Wakes everybody for the last time and ends the thread.
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
