// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.engine.BatchReport;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What the writer has brought to the disk: how much at a time, and how long that took.
///
/// @param count how many times
/// @param writes how many appends and deletions were answered by that
/// @param bytes in all
/// @param nanos in all
/// @param bytesMost at a time
/// @param nanosMost for one
/// @param bytesLast the last time
/// @param nanosLast for the last
record Flushes(
    long count,
    long writes,
    long bytes,
    long nanos,
    long bytesMost,
    long nanosMost,
    long bytesLast,
    long nanosLast) {

  static final Flushes NONE = new Flushes(0, 0, 0, 0, 0, 0, 0, 0);

  Flushes and(BatchReport batch) {
    var took = batch.writingNanos() + batch.syncingNanos();
    return new Flushes(
        count + 1,
        writes + batch.appends(),
        bytes + batch.bytes(),
        nanos + took,
        Math.max(bytesMost, batch.bytes()),
        Math.max(nanosMost, took),
        batch.bytes(),
        took);
  }

  /// Adds them, by the names that KurrentDB has for them.
  void addTo(Map<String, String> figures) {
    figures.put("es-queue-writer-totalItemsProcessed", Long.toString(writes));
    figures.put("es-writer-lastFlushSize", Long.toString(bytesLast));
    figures.put("es-writer-lastFlushDelayMs", millis(nanosLast));
    figures.put("es-writer-maxFlushSize", Long.toString(bytesMost));
    figures.put("es-writer-maxFlushDelayMs", millis(nanosMost));
    var times = Math.max(1, count);
    figures.put("es-writer-meanFlushSize", Long.toString(bytes / times));
    figures.put("es-writer-meanFlushDelayMs", millis(nanos / times));
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.3f", (double) nanos / TimeUnit.MILLISECONDS.toNanos(1));
  }
}
