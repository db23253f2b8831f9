// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.metrics;

import io.leftfold.engine.BatchReport;
import io.leftfold.server.node.Following;
import io.leftfold.server.node.Observer;
import io.leftfold.server.node.Operation;
import io.leftfold.server.node.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Counts what a node does. All meters are made at once, so that each is there from the beginning
/// and a count costs no search.
final class NodeMeters implements Observer {

  /// From a sync of a good disk to what nobody should wait for; a factor of about two and a half.
  private static final Duration[] BUCKETS = {
    Duration.ofNanos(100_000),
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10)
  };

  private final Map<Operation, Timer> writes = new EnumMap<>(Operation.class);
  private final Map<Operation, Map<Outcome, Counter>> refusals = new EnumMap<>(Operation.class);
  private final Map<Operation, Timer> reads = new EnumMap<>(Operation.class);
  private final Map<Operation, Counter> eventsRead = new EnumMap<>(Operation.class);
  private final Map<Operation, Timer> callers = new EnumMap<>(Operation.class);
  private final Map<Operation, Counter> slow;
  private final Map<Following.Source, Counter> followed;
  private final Counter eventsWritten;
  private final Counter bytesWritten;
  private final DistributionSummary batchAppends;
  private final Timer judging;
  private final Timer writing;
  private final Timer syncing;
  private final Timer indexing;

  NodeMeters(MeterRegistry registry) {
    for (var operation : Operation.values()) {
      switch (operation) {
        case APPEND, DELETE, TOMBSTONE, WRITE_METADATA -> addWrite(registry, operation);
        case READ_STREAM, READ_ALL, READ_QUERY -> addRead(registry, operation);
      }
    }
    slow =
        each(
            Operation.class,
            operation ->
                Counter.builder("leftfold.slow.operations")
                    .description("Operations that took longer than their threshold and were logged")
                    .tag("operation", operation.label())
                    .register(registry));
    followed =
        each(
            Following.Source.class,
            source ->
                Counter.builder("leftfold.subscription.events")
                    .description("Events given to subscriptions")
                    .tag("source", source.label())
                    .register(registry));
    eventsWritten =
        Counter.builder("leftfold.written.events")
            .description("Events made durable")
            .register(registry);
    bytesWritten =
        Counter.builder("leftfold.written")
            .description("Bytes of commits made durable")
            .baseUnit("bytes")
            .register(registry);
    batchAppends =
        DistributionSummary.builder("leftfold.writer.batch.appends")
            .description("Appends and deletions answered together, by one sync")
            .register(registry);
    judging = stage(registry, "judging");
    writing = stage(registry, "writing");
    syncing = stage(registry, "sync");
    indexing = stage(registry, "index");
  }

  private static <K extends Enum<K>, V> Map<K, V> each(Class<K> keys, Function<K, V> value) {
    var all = new EnumMap<K, V>(keys);
    for (var key : keys.getEnumConstants()) {
      all.put(key, value.apply(key));
    }
    return all;
  }

  private void addWrite(MeterRegistry registry, Operation operation) {
    writes.put(
        operation,
        Timer.builder("leftfold.write.duration")
            .description("From a request to write until it is durable")
            .tag("operation", operation.label())
            .serviceLevelObjectives(BUCKETS)
            .register(registry));
    var byOutcome = new EnumMap<Outcome, Counter>(Outcome.class);
    for (var outcome : EnumSet.complementOf(EnumSet.of(Outcome.OK))) {
      byOutcome.put(outcome, refusals(registry, operation, outcome));
    }
    refusals.put(operation, byOutcome);
  }

  private static Counter refusals(MeterRegistry registry, Operation operation, Outcome outcome) {
    return Counter.builder("leftfold.write.refusals")
        .description("Requests to write that were not done")
        .tag("operation", operation.label())
        .tag("outcome", outcome.label())
        .register(registry);
  }

  private void addRead(MeterRegistry registry, Operation operation) {
    reads.put(
        operation,
        Timer.builder("leftfold.read.duration")
            .description("Finding and reading events, without waiting for the caller to take them")
            .tag("operation", operation.label())
            .serviceLevelObjectives(BUCKETS)
            .register(registry));
    callers.put(
        operation,
        Timer.builder("leftfold.read.caller.wait")
            .description("Waiting for callers to take what was read")
            .tag("operation", operation.label())
            .register(registry));
    eventsRead.put(
        operation,
        Counter.builder("leftfold.read.events")
            .description("Events given to reads")
            .tag("operation", operation.label())
            .register(registry));
  }

  private static Timer stage(MeterRegistry registry, String stage) {
    return Timer.builder("leftfold.writer.stage.duration")
        .description("A part of the writer's work on a batch")
        .tag("stage", stage)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  @Override
  public void wrote(Operation operation, Outcome outcome, long nanos) {
    if (outcome == Outcome.OK) {
      of(writes, operation).record(nanos, TimeUnit.NANOSECONDS);
    } else {
      of(of(refusals, operation), outcome).increment();
    }
  }

  @Override
  public void batch(BatchReport batch) {
    eventsWritten.increment((double) batch.events());
    bytesWritten.increment((double) batch.bytes());
    batchAppends.record(batch.appends());
    judging.record(batch.judgingNanos(), TimeUnit.NANOSECONDS);
    writing.record(batch.writingNanos(), TimeUnit.NANOSECONDS);
    syncing.record(batch.syncingNanos(), TimeUnit.NANOSECONDS);
    indexing.record(batch.indexingNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void read(Operation operation, long events, long nanos, long waitedNanos) {
    of(reads, operation).record(nanos, TimeUnit.NANOSECONDS);
    of(eventsRead, operation).increment((double) events);
    of(callers, operation).record(waitedNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void followed(Following.Source source, long events) {
    of(followed, source).increment((double) events);
  }

  @Override
  public void slow(Operation operation) {
    of(slow, operation).increment();
  }

  private static <K, V> V of(Map<K, V> all, K key) {
    var value = all.get(key);
    if (value == null) {
      throw new IllegalStateException("Nothing counts %s".formatted(key));
    }
    return value;
  }
}
