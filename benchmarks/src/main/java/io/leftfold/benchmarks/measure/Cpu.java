// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.measure;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// What this process used so far.
public final class Cpu {

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Cpu() {}

  /// The time of all processors, in nanoseconds.
  public static long processNanos() {
    return SYSTEM.getProcessCpuTime();
  }

  /// The bytes that the calling thread allocated.
  public static long threadAllocatedBytes() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }

  /// The processor time of the calling thread, in nanoseconds.
  public static long threadNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }
}
