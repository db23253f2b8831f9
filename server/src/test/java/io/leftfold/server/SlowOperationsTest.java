// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.store.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is logged of operations that take too long. With a threshold of nothing, all do.
@Timeout(60)
final class SlowOperationsTest {

  private final Logger logger = Logger.getLogger("io.leftfold.server.slow");
  private final BlockingQueue<LogRecord> records = new LinkedBlockingQueue<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          records.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
  }

  @AfterEach
  void stop() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }

  private static RunningServer serverWith(Duration threshold) {
    return new RunningServer(
        LocalEventStore.inMemory(), Telemetry.defaults().withSlow(threshold, threshold));
  }

  private LogRecord next() throws InterruptedException {
    var record = records.poll(30, TimeUnit.SECONDS);
    assertThat(record).as("a message about a slow operation").isNotNull();
    return record;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> fields(LogRecord record) {
    return (Map<String, Object>) record.getParameters()[3];
  }

  private static double time(Map<String, Object> fields, String part) {
    return (double) Objects.requireNonNull(fields.get(part + "_ms"), part);
  }

  @Test
  void a_slow_append_is_logged_with_what_it_waited_for() throws Exception {
    try (var server = serverWith(Duration.ZERO)) {
      server.append("account-1", 3);

      var record = next();
      assertThat(record.getParameters()).startsWith("append", "account-1");
      var fields = fields(record);
      assertThat(fields)
          .containsEntry("outcome", "ok")
          .containsOnlyKeys(
              "duration_ms",
              "queue_ms",
              "judging_ms",
              "writing_ms",
              "sync_ms",
              "index_ms",
              "answering_ms",
              "outcome");
      var parts =
          time(fields, "queue")
              + time(fields, "judging")
              + time(fields, "writing")
              + time(fields, "sync")
              + time(fields, "index")
              + time(fields, "answering");
      // Each is rounded to a tenth.
      assertThat(parts)
          .isCloseTo(time(fields, "duration"), org.assertj.core.data.Offset.offset(0.4));
      assertThat(server.metric("leftfold_slow_operations_total{operation=\"append\"}"))
          .isEqualTo(1);
    }
  }

  @Test
  void a_slow_read_is_logged_with_what_it_waited_for() throws Exception {
    try (var server = serverWith(Duration.ZERO)) {
      server.append("account-1", 3);
      next();

      server
          .client()
          .read(Wire.ReadRequest.newBuilder().setStream("account-1").build())
          .forEachRemaining(_ -> {});

      var record = next();
      assertThat(record.getParameters()).startsWith("read_stream", "account-1");
      assertThat(fields(record))
          .containsEntry("events", 3L)
          .containsOnlyKeys("duration_ms", "index_ms", "events_ms", "caller_ms", "events");
    }
  }

  @Test
  void what_is_quick_is_not_logged() throws IOException {
    try (var server = serverWith(Duration.ofHours(1))) {
      server.append("account-1", 3);

      assertThat(server.metric("leftfold_write_duration_seconds_count{operation=\"append\"}"))
          .isEqualTo(1);
      assertThat(records).isEmpty();
      assertThat(server.metric("leftfold_slow_operations_total{operation=\"append\"}")).isZero();
    }
  }
}
