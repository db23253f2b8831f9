// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.AppendResult;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.FaultyDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a store tells about its writer, its disk and its subscriptions.
@Timeout(60)
@ExtendWith(QuietEngine.class)
final class FiguresTest {

  private static final StreamName STREAM = StreamName.of("account-1");

  private final FaultyDisk disk = new FaultyDisk(1);

  private LocalEventStore open() {
    return LocalEventStore.on(disk, StoreRig.options(1, 1 << 20));
  }

  private static void append(LocalEventStore store, int events) {
    var proposed = new ArrayList<ProposedEvent>();
    for (var i = 0; i < events; i++) {
      proposed.add(ProposedEvent.binary("Paid", new byte[100]));
    }
    store.append(List.of(new StreamAppend(STREAM, ExpectedState.any(), proposed)));
  }

  @Test
  void batches_add_up_to_what_was_appended() {
    try (var store = open()) {
      var reports = new ConcurrentLinkedQueue<BatchReport>();
      store.onBatch(reports::add);
      var before = System.nanoTime();

      append(store, 3);
      append(store, 1);
      assertThatThrownBy(() ->
              store.append(
                  STREAM, ExpectedState.noStream(), ProposedEvent.binary("Paid", new byte[1])))
          .isInstanceOf(LeftfoldException.class);
      var elapsed = System.nanoTime() - before;

      assertThat(reports.stream().mapToInt(BatchReport::appends).sum()).isEqualTo(3);
      assertThat(reports.stream().mapToLong(BatchReport::events).sum()).isEqualTo(4);
      assertThat(reports.stream().mapToLong(BatchReport::bytes).sum()).isBetween(400L, 4000L);
      assertThat(reports)
          .allSatisfy(report -> assertThat(report.begunNanos()).isGreaterThanOrEqualTo(before));
      assertThat(reports.stream().mapToLong(FiguresTest::total).sum()).isBetween(1L, elapsed);
    }
  }

  private static long total(BatchReport report) {
    assertThat(report.judgingNanos()).isNotNegative();
    assertThat(report.writingNanos()).isNotNegative();
    assertThat(report.syncingNanos()).isNotNegative();
    assertThat(report.indexingNanos()).isNotNegative();
    return report.judgingNanos()
        + report.writingNanos()
        + report.syncingNanos()
        + report.indexingNanos();
  }

  @Test
  void whoever_is_told_of_an_append_has_heard_of_its_batch_on_the_same_thread() {
    try (var store = open()) {
      var heard = new AtomicLong();
      store.onBatch(_ -> heard.set(Thread.currentThread().threadId()));
      var told = new CompletableFuture<Boolean>();

      store.append(
          List.of(
              new StreamAppend(
                  STREAM, ExpectedState.any(), List.of(ProposedEvent.binary("Paid", new byte[1])))),
          new AppendCompletion() {
            @Override
            public void completed(AppendResult result) {
              told.complete(heard.get() == Thread.currentThread().threadId());
            }

            @Override
            public void failed(LeftfoldException reason) {
              told.completeExceptionally(reason);
            }
          });

      assertThat(told.join()).isTrue();
    }
  }

  @Test
  void a_listener_that_throws_stops_nothing() {
    try (var store = open()) {
      store.onBatch(_ -> {
        throw new IllegalStateException("on purpose");
      });

      append(store, 1);
      append(store, 1);

      assertThat(store.stats().events()).isEqualTo(3);
    }
  }

  @Test
  void a_failed_write_shows_with_its_reason() {
    try (var store = open()) {
      assertThat(store.writerState().failure()).isEmpty();
      disk.failing(FaultyDisk.Fault.SYNC_FAILS, 1);

      assertThatThrownBy(() -> append(store, 1)).isInstanceOf(UnavailableException.class);

      assertThat(store.writerState().failure())
          .hasValueSatisfying(reason -> assertThat(reason).contains("injected"));
    }
  }

  @Test
  void a_disk_without_room_shows_as_full_until_it_has_some() {
    try (var store = open()) {
      disk.usable(10 << 20);
      assertThat(store.writerState().isDiskFull()).isTrue();
      assertThat(store.writerState().diskUsableBytes()).isEqualTo(10 << 20);

      disk.usable(1L << 40);
      assertThat(store.writerState().isDiskFull()).isFalse();
    }
  }

  @Test
  void subscriptions_tell_how_many_events_are_before_them_and_since_when() throws Exception {
    try (var store = open();
        var toStream = store.subscribe(STREAM, SubscribeOptions.fromBeginning());
        var toAll = store.subscribeToAll(SubscribeOptions.fromBeginning())) {
      append(store, 3);
      var first =
          store.read(STREAM, io.leftfold.api.ReadOptions.forwards()).events().getFirst().recorded();

      assertThat(toStream.lag()).isEqualTo(3);
      assertThat(toStream.lagsSince()).contains(first);
      assertThat(toAll.lag()).isEqualTo(4);
      toStream.next();
      assertThat(toStream.lag()).isEqualTo(2);
      while (toAll.poll().isPresent()) {
        // until nothing is before it
      }
      assertThat(toAll.lag()).isZero();
      assertThat(toAll.lagsSince()).isEmpty();
    }
  }
}
