// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.micro;

import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs the two methods of a class with JMH, each in a virtual machine of its own.
public final class JmhBenchmark implements Benchmark {

  private static final int ITERATIONS = 5;

  private final String name;
  private final Class<?> methods;
  private final String question;
  private final String sketch;

  private JmhBenchmark(String name, Class<?> methods, String question, String sketch) {
    this.name = name;
    this.methods = methods;
    this.question = question;
    this.sketch = sketch;
  }

  /// All of them.
  ///
  /// @return a list
  public static List<Benchmark> all() {
    return List.of(
        new JmhBenchmark(
            "jmh-encode-record",
            RecordEncoding.class,
            "What does it take to lay out one event as a record?",
            "330 bytes to be filled: two texts to encode, an array to allocate, 20 ns of copying"),
        new JmhBenchmark(
            "jmh-read-stream",
            StreamReading.class,
            "What does it take to read a stream of ten events that is near?",
            "ten copies with checksums, and ten events for the caller to keep: 100 ns each"),
        new JmhBenchmark(
            "jmh-decode-append",
            AppendDecoding.class,
            "What does it take to read the two messages of an append off the wire?",
            "three texts, an id and an array to be made of 400 bytes"),
        new JmhBenchmark(
            "jmh-encode-event",
            EventEncoding.class,
            "What does it take to write an event as it goes out to a reader?",
            "450 bytes, nested three deep, with six texts"));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String question() {
    return question;
  }

  @Override
  public String sketch() {
    return sketch;
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var time = TimeValue.milliseconds(iteration(settings).toMillis());
    var options =
        new OptionsBuilder()
            .include("\\." + methods.getSimpleName() + "\\.")
            .mode(Mode.Throughput)
            .timeUnit(java.util.concurrent.TimeUnit.SECONDS)
            .forks(1)
            .warmupIterations(ITERATIONS)
            .warmupTime(time)
            .measurementIterations(ITERATIONS)
            .measurementTime(time)
            .verbosity(VerboseMode.SILENT)
            .build();
    var scores = new HashMap<String, Double>();
    for (var result : new Runner(options).run()) {
      scores.put(result.getPrimaryResult().getLabel(), result.getPrimaryResult().getScore());
    }
    var figure = scoreOf(scores, "leftfold");
    var limit = scoreOf(scores, "limit");
    rows.accept(
        new Row(
                name,
                figure,
                "calls/s",
                limit,
                "moving the same bytes and nothing else",
                figure / limit,
                new Asked.Nothing(),
                Map.of(),
                List.of())
            .withRemark(
                "%.0f ns a call, of which %.0f move bytes".formatted(1e9 / figure, 1e9 / limit)));
  }

  private static Duration iteration(Settings settings) {
    return settings.measuring().dividedBy(ITERATIONS);
  }

  private static double scoreOf(Map<String, Double> scores, String method) {
    var score = scores.get(method);
    if (score == null) {
      throw new IllegalStateException("%s was not measured, only %s".formatted(method, scores));
    }
    return score;
  }
}
