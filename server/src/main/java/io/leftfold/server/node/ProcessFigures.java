// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/// Figures about this process and the machine it runs on.
final class ProcessFigures {

  private ProcessFigures() {}

  /// Adds them, by the names that KurrentDB has for them.
  static void addTo(Map<String, String> figures) {
    var runtime = ManagementFactory.getRuntimeMXBean();
    var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    figures.put("proc-startTime", Instant.ofEpochMilli(runtime.getStartTime()).toString());
    figures.put("proc-id", Long.toString(runtime.getPid()));
    figures.put("proc-mem", Long.toString(heap.getCommitted()));
    figures.put("proc-gc-totalBytesInHeaps", Long.toString(heap.getUsed()));
    figures.put(
        "proc-threadsCount",
        Integer.toString(ManagementFactory.getThreadMXBean().getThreadCount()));
    var system = ManagementFactory.getOperatingSystemMXBean();
    if (system.getSystemLoadAverage() >= 0) {
      figures.put("sys-loadavg-1m", decimal(system.getSystemLoadAverage()));
    }
    if (system instanceof com.sun.management.OperatingSystemMXBean more) {
      figures.put("sys-totalMem", Long.toString(more.getTotalMemorySize()));
      figures.put("sys-freeMem", Long.toString(more.getFreeMemorySize()));
      addLoad(figures, "proc-cpu", more.getProcessCpuLoad());
      addLoad(figures, "sys-cpu", more.getCpuLoad());
    }
  }

  /// In per cent; not known at first.
  private static void addLoad(Map<String, String> figures, String name, double load) {
    if (load >= 0) {
      figures.put(name, decimal(100 * load));
    }
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
