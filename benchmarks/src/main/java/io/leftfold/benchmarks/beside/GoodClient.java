// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.beside;

import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.client.RemoteEventStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// A client that appends an event, reads ten, and so on, and waits for each answer.
final class GoodClient implements AutoCloseable {

  private static final int DATA_BYTES = 256;
  private static final int EVENTS = 10;
  private static final int DIGITS = 3;

  private final RemoteEventStore store;
  private final int streams;
  private final byte[] data = new byte[DATA_BYTES];

  GoodClient(String connection, int streams) {
    this.store = RemoteEventStore.connect(connection);
    this.streams = streams;
  }

  /// How long answers took.
  record Figures(Histogram appends, Histogram reads, long failures) {

    @Override
    public String toString() {
      return "%s | %s%s"
          .formatted(
              text(appends),
              text(reads),
              failures == 0 ? "" : String.format(Locale.ROOT, " (%,d failed)", failures));
    }

    private static String text(Histogram nanos) {
      return String.format(
          Locale.ROOT,
          "%.2f / %.2f / %.1f",
          nanos.getValueAtPercentile(50) / 1e6,
          nanos.getValueAtPercentile(99) / 1e6,
          nanos.getMaxValue() / 1e6);
    }
  }

  /// Calls for a while.
  ///
  /// @param atOnce how many calls are under way
  /// @param time how long
  Figures measure(int atOnce, Duration time) throws InterruptedException {
    var appends = new ConcurrentHistogram(DIGITS);
    var reads = new ConcurrentHistogram(DIGITS);
    var failures = new AtomicLong();
    var end = System.nanoTime() + time.toNanos();
    var threads = new ArrayList<Thread>();
    for (var i = 0; i < atOnce; i++) {
      var stream = StreamName.of("good-" + i);
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                while (System.nanoTime() < end) {
                  timed(appends, failures, () -> append(stream));
                  timed(reads, failures, this::read);
                }
              }));
    }
    for (var thread : threads) {
      thread.join();
    }
    return new Figures(appends, reads, failures.get());
  }

  private static void timed(Histogram into, AtomicLong failures, Runnable call) {
    var begin = System.nanoTime();
    try {
      call.run();
    } catch (LeftfoldException _) {
      failures.incrementAndGet();
    }
    into.recordValue(Math.min(System.nanoTime() - begin, TimeUnit.MINUTES.toNanos(10)));
  }

  private void append(StreamName stream) {
    var event =
        new ProposedEvent(
            UUID.randomUUID(), "MoneyDeposited", ContentType.BINARY, data, new byte[0], List.of());
    var _ = store.append(stream, ExpectedState.any(), event);
  }

  private void read() {
    var stream =
        StreamName.of("account-%06d".formatted(ThreadLocalRandom.current().nextInt(streams)));
    try (var read = store.read(stream, ReadOptions.forwards().limit(EVENTS))) {
      var events = 0;
      for (var _ : read) {
        events++;
      }
      if (events != EVENTS) {
        throw new IllegalStateException(
            "%s has %d events, got %d".formatted(stream, EVENTS, events));
      }
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
