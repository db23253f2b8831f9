// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// One thread that looks every few milliseconds at what the scripts that run have taken.
///
/// A step costs it nothing but two writes to a counter ([Watch]): it sees that the counter has not
/// moved since it looked last, and then asks the JVM how much processor time and memory the thread
/// has taken meanwhile. Of a virtual thread the JVM does not tell; there the time that passed
/// counts, and memory is not limited.
final class Watchdog implements AutoCloseable {

  private static final long BUSY_NANOS = 5_000_000;
  private static final long IDLE_NANOS = 50_000_000;

  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private final ThreadFactory threads;
  private final LongSupplier nanoClock;
  private final ThreadMXBean usage;
  private final Thread thread;
  private volatile boolean closed;

  private Watchdog(ThreadFactory threads, LongSupplier nanoClock) {
    this.threads = threads;
    this.nanoClock = nanoClock;
    usage = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    thread = threads.newThread(this::look);
  }

  static Watchdog start(ThreadFactory threads, LongSupplier nanoClock) {
    var watchdog = new Watchdog(threads, nanoClock);
    watchdog.thread.start();
    return watchdog;
  }

  void add(Watch watch) {
    watches.add(watch);
    LockSupport.unpark(thread);
  }

  void remove(Watch watch) {
    watches.remove(watch);
  }

  private void look() {
    while (!closed) {
      var isBusy = false;
      for (var watch : watches) {
        isBusy |= watch.isRunning();
        watch.look(this);
      }
      LockSupport.parkNanos(
          this, isBusy ? BUSY_NANOS : watches.isEmpty() ? Long.MAX_VALUE : IDLE_NANOS);
    }
  }

  /// What a thread has taken since it began.
  Usage usageOf(Thread thread) {
    var cpu = thread.isVirtual() ? -1 : usage.getThreadCpuTime(thread.threadId());
    var allocated = thread.isVirtual() ? 0 : usage.getThreadAllocatedBytes(thread.threadId());
    return new Usage(cpu >= 0 ? cpu : nanoClock.getAsLong(), Math.max(0, allocated));
  }

  /// What the thread that asks has allocated since it began; 0 for a virtual one.
  long allocatedBytes() {
    return Thread.currentThread().isVirtual()
        ? 0
        : Math.max(0, usage.getCurrentThreadAllocatedBytes());
  }

  void start(Runnable work) {
    threads.newThread(work).start();
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  /// What a thread has taken since it began.
  ///
  /// @param nanos processor time
  /// @param bytes allocated
  record Usage(long nanos, long bytes) {}
}
