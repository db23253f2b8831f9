// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.benchmarks.soak.Latencies.Kind;
import io.leftfold.benchmarks.soak.Latencies.Phase;
import io.leftfold.benchmarks.soak.SoakSummary.Sample;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/// What a run found, in Markdown.
///
/// @param unanswered how many calls were not answered, and repeated
record SoakReport(
    SoakOptions options,
    SoakState state,
    Latencies latencies,
    SoakSummary summary,
    long unanswered) {

  private static final double MILLI = 1000;

  long violations() {
    return state.violations().count();
  }

  String markdown() {
    var text = new StringBuilder();
    head(text);
    counts(text);
    latencies(text);
    memory(text);
    violations(text);
    return text.toString();
  }

  private void head(StringBuilder text) {
    line(text, "# Soak of %s", LocalDate.now(ZoneOffset.UTC));
    line(text, "");
    line(text, "* **%d violations**", violations());
    line(text, "* seed %d", options.seed());
    line(
        text,
        "* machine: %d cores, %s, Java %s",
        Runtime.getRuntime().availableProcessors(),
        machineMemory(),
        System.getProperty("java.version"));
    line(
        text,
        "* load: %s, %,d events/s at most, %d writers, %,d streams that live long, heap of the store %s",
        text(options.time()),
        options.rate(),
        options.writers(),
        options.streams(),
        options.heap());
    line(
        text,
        "* meanwhile: killed every %s on average, scavenged every %s, backed up every %s",
        text(options.killEvery()),
        text(options.scavengeEvery()),
        text(options.backupEvery()));
    line(text, "");
  }

  private static String machineMemory() {
    var system =
        (com.sun.management.OperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean();
    return mebibytes(system.getTotalMemorySize()) + " of memory";
  }

  private void counts(StringBuilder text) {
    line(text, "| what | count |");
    line(text, "|---|---|");
    row(text, "events acknowledged", state.ledger().acknowledgedEvents());
    row(text, "commits acknowledged", state.counts().commits());
    row(text, "… written by a try that was not answered", state.counts().repeated());
    row(text, "streams", state.all().size());
    row(text, "positions in the log at the end", summary.positions);
    row(text, "… forgotten before anybody saw them", summary.unknown);
    row(text, "calls without an answer, repeated", unanswered);
    row(text, "reads compared", state.counts().comparisons());
    row(text, "kills", summary.starts.size() - 1L);
    row(text, "subscriptions made again", state.counts().reconnects());
    row(text, "scavenges asked for", state.counts().scavenges());
    row(text, "scavenges that came to their end", summary.scavengesDone);
    row(text, "chunks written again", summary.chunksScavenged);
    row(text, "bytes freed by scavenges", summary.bytesFreed);
    row(text, "backups made and checked", state.counts().backups());
    row(text, "backups interrupted by a kill", state.counts().backupsInterrupted());
    line(text, "");
    summary.followers.forEach(follower -> line(text, "* %s", follower));
    line(text, "");
    line(text, "The comparison at the end took %s.", text(summary.checking));
    line(text, "");
    var ready = summary.starts.stream().map(SoakSummary.Start::untilReady).sorted().toList();
    var opening = summary.starts.stream().map(SoakSummary.Start::opening).sorted().toList();
    line(text, "| starts of the store | median | max |");
    line(text, "|---|---|---|");
    starts(text, "process begun until calls are taken", ready);
    starts(text, "… opening the store", opening);
    line(text, "");
  }

  private static void starts(StringBuilder text, String what, List<Duration> sorted) {
    line(
        text,
        "| %s | %,d ms | %,d ms |",
        what,
        sorted.get(sorted.size() / 2).toMillis(),
        sorted.getLast().toMillis());
  }

  private void latencies(StringBuilder text) {
    line(text, "| answered | phase | calls | p50 ms | p99 ms | max ms |");
    line(text, "|---|---|---|---|---|---|");
    for (var kind : Kind.values()) {
      for (var phase : Phase.values()) {
        var histogram = latencies.total(phase, kind);
        line(
            text,
            "| %s | %s | %,d | %.2f | %.2f | %.1f |",
            words(kind),
            words(phase),
            histogram.getTotalCount(),
            histogram.getValueAtPercentile(50) / MILLI,
            histogram.getValueAtPercentile(99) / MILLI,
            histogram.getMaxValue() / MILLI);
      }
    }
    line(text, "");
    line(
        text, "*After restart* is ten seconds. A call that was repeated counts from its last try.");
    line(text, "");
  }

  private static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private void memory(StringBuilder text) {
    line(
        text,
        "| minute | events | heap | own memory | mapped files in memory | open files | mappings | disk | append p99 ms | followers apart |");
    line(text, "|---|---|---|---|---|---|---|---|---|---|");
    for (var sample : summary.samples) {
      line(
          text,
          "| %.1f | %,d | %s | %s | %s | %d | %d | %s | %.1f | %,d |",
          sample.at().toMillis() / 60_000.0,
          sample.events(),
          mebibytes(sample.memory().heap()),
          mebibytes(sample.memory().anonymous()),
          mebibytes(sample.memory().mapped()),
          sample.memory().files(),
          sample.memory().mappings(),
          mebibytes(sample.disk()),
          sample.appendP99() / MILLI,
          sample.behind());
    }
    line(text, "");
    line(text, "| mean of | first quarter | last quarter |");
    line(text, "|---|---|---|");
    quarters(text, "heap after collection", sample -> sample.memory().heap());
    quarters(text, "own memory", sample -> sample.memory().anonymous());
    line(text, "");
  }

  private void quarters(StringBuilder text, String what, ToLongFunction<Sample> figure) {
    var samples = summary.samples;
    var quarter = Math.max(1, samples.size() / 4);
    line(
        text,
        "| %s | %s | %s |",
        what,
        mebibytes((long) mean(samples.subList(0, Math.min(quarter, samples.size())), figure)),
        mebibytes(
            (long)
                mean(
                    samples.subList(Math.max(0, samples.size() - quarter), samples.size()),
                    figure)));
  }

  private static double mean(List<Sample> samples, ToLongFunction<Sample> figure) {
    return samples.stream().mapToLong(figure).average().orElse(-1);
  }

  private void violations(StringBuilder text) {
    line(text, "## Violations: %d", violations());
    line(text, "");
    state.violations().first().forEach(violation -> line(text, "* %s", violation));
  }

  private static String text(Duration duration) {
    return duration.toSeconds() < 600
        ? duration.toSeconds() + " s"
        : "%.1f min".formatted(duration.toSeconds() / 60.0);
  }

  private static String mebibytes(long bytes) {
    return bytes < 0 ? "?" : "%,d MiB".formatted(bytes >> 20);
  }

  private static void row(StringBuilder text, String what, long count) {
    line(text, "| %s | %,d |", what, count);
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is in a library that is not used
  private static void line(StringBuilder text, String format, Object... values) {
    text.append(values.length == 0 ? format : String.format(Locale.ROOT, format, values))
        .append('\n');
  }
}
