// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.engine.BatchReport;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Says in the log which operations took too long, and what they waited for.
///
/// The last parameter of the message is a map of fields: text shows it as it is, and a structured
/// log takes it apart.
final class SlowLog {

  private static final System.Logger LOGGER = System.getLogger("io.leftfold.server.slow");
  private static final double NANOS_PER_MILLI = 1e6;

  private final long writeNanosMax;
  private final long readNanosMax;

  /// @param write from when on a write is slow
  /// @param read from when on a read is slow, without its waiting for the caller
  SlowLog(Duration write, Duration read) {
    this.writeNanosMax = write.toNanos();
    this.readNanosMax = read.toNanos();
  }

  boolean isSlowWrite(long nanos) {
    return nanos >= writeNanosMax;
  }

  boolean isSlowRead(long nanos) {
    return nanos >= readNanosMax;
  }

  /// A write was slow. Without a batch nobody knows what it waited for.
  void write(
      Operation operation,
      String subject,
      Outcome outcome,
      long begun,
      long nanos,
      @Nullable BatchReport batch) {
    var parts = new TreeMap<String, Long>();
    if (batch != null) {
      parts.put("queue", Math.max(0, batch.begunNanos() - begun));
      parts.put("judging", batch.judgingNanos());
      parts.put("writing", batch.writingNanos());
      parts.put("sync", batch.syncingNanos());
      parts.put("index", batch.indexingNanos());
      var known = parts.values().stream().mapToLong(Long::longValue).sum();
      parts.put("answering", Math.max(0, nanos - known));
    }
    log(operation, subject, nanos, parts, Map.of("outcome", outcome.label()));
  }

  /// A read was slow.
  void read(Operation operation, String subject, long events, ReadTimes times) {
    var parts =
        Map.of("index", times.opening(), "events", times.reading(), "caller", times.waiting());
    var nanos = times.opening() + times.reading();
    log(operation, subject, nanos, parts, Map.of("events", events));
  }

  private static void log(
      Operation operation,
      String subject,
      long nanos,
      Map<String, Long> parts,
      Map<String, ?> others) {
    var fields = new TreeMap<String, Object>(others);
    fields.put("duration_ms", millis(nanos));
    parts.forEach((part, time) -> fields.put(part + "_ms", millis(time)));
    var longest =
        parts.entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .orElse("what is not known");
    LOGGER.log(
        System.Logger.Level.WARNING,
        "Slow {0} of {1}, mostly for {2}: {3}",
        operation.label(),
        subject,
        longest,
        fields);
  }

  /// With one digit, which is what anybody reads.
  private static double millis(long nanos) {
    return Math.round(nanos / NANOS_PER_MILLI * 10) / 10.0;
  }

  /// Where the time of a read went, in nanoseconds.
  ///
  /// @param opening for finding where the events are
  /// @param reading for reading and handing over
  /// @param waiting for the caller to take them
  record ReadTimes(long opening, long reading, long waiting) {}
}
