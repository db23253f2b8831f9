// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscriptionMessage.CaughtUp;
import io.leftfold.api.SubscriptionMessage.Event;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.MemoryDisk;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Uses that a store must suffer without losing its calm.
@Timeout(60)
final class HostileUseTest {

  private static final StreamName STREAM = StreamName.of("account-1");

  private final LocalEventStore store = LocalEventStore.inMemory();

  @AfterEach
  void close() {
    store.close();
  }

  private static ProposedEvent event(String type) {
    return ProposedEvent.json(type, "{}");
  }

  @Test
  void very_many_very_small_events_on_a_long_name_are_refused_before_they_are_laid_out() {
    var longName = StreamName.of("x".repeat(StreamName.BYTES_MAX));
    var many = Collections.nCopies(600_000, ProposedEvent.binary("T", new byte[0]));

    assertThatThrownBy(() -> store.append(longName, ExpectedState.any(), many))
        .isInstanceOf(LimitExceededException.class);

    assertThat(store.append(STREAM, ExpectedState.noStream(), event("Opened")).lastRevision())
        .isZero();
  }

  @Test
  void a_completion_that_interrupts_the_writing_thread_does_not_end_writing(@TempDir Path directory)
      throws Exception {
    try (var onDisk = LocalEventStore.open(directory)) {
      for (var i = 0; i < 20; i++) {
        var told = new CompletableFuture<AppendResult>();
        onDisk.append(
            List.of(StreamAppend.of(STREAM, ExpectedState.any(), event("Opened"))),
            new AppendCompletion() {
              @Override
              public void completed(AppendResult result) {
                Thread.currentThread().interrupt();
                told.complete(result);
              }

              @Override
              public void failed(LeftfoldException reason) {
                told.completeExceptionally(reason);
              }
            });
        assertThat(told.get().position()).hasValue(i + 1);
      }
    }
  }

  @Test
  void a_name_of_nothing_but_dollars_costs_no_more_than_its_length() {
    assertThatThrownBy(() -> StreamName.of("$".repeat(16 << 20)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 4096 bytes");
    assertThatThrownBy(() -> StreamName.of("$".repeat(4096)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without a name");
    var deep = StreamName.of("$".repeat(StreamName.BYTES_MAX) + "x1");
    for (var i = 0; i < 200; i++) {
      assertThat(store.append(deep, ExpectedState.any(), event("Opened")).lastRevision())
          .isEqualTo(i);
    }
  }

  @Test
  void one_id_forty_thousand_times_in_one_append_does_not_stall_the_writer() {
    var same = Collections.nCopies(40_000, event("Opened"));

    var result = store.append(STREAM, ExpectedState.any(), same);

    assertThat(result.lastRevision()).isEqualTo(39_999);
  }

  @Test
  void an_expression_that_would_recurse_without_end_is_answered() {
    store.append(StreamName.of("a".repeat(4000)), ExpectedState.any(), event("Opened"));
    var filter = new EventFilter.StreamRegex("(a|b)*c");

    assertThat(store.readAll(ReadOptions.forwards().filteredBy(filter)).toList()).isEmpty();
  }

  @Test
  void an_expression_that_can_only_be_found_by_going_back_and_forth_is_refused_at_once() {
    var options = ReadOptions.forwards().filteredBy(new EventFilter.StreamRegex("^(a+)+\\1b$"));

    assertThatThrownBy(() -> store.readAll(options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("^(a+)+\\1b$");
  }

  @Test
  void a_completion_that_throws_stops_nobody_else() {
    store.append(
        List.of(StreamAppend.of(STREAM, ExpectedState.any(), event("Opened"))),
        throwing(() -> {
          throw new IllegalStateException("thrown by the one who waited");
        }));
    store.append(
        List.of(StreamAppend.of(STREAM, ExpectedState.any(), event("Changed"))),
        throwing(() -> {
          throw new LinkageError("thrown by the one who waited");
        }));

    assertThat(store.append(STREAM, ExpectedState.any(), event("Closed")).lastRevision())
        .isEqualTo(2);
  }

  @Test
  void a_commit_that_another_store_has_checked_is_refused() {
    try (var other = LocalEventStore.inMemory()) {
      var checked =
          other.check(Commit.of(StreamAppend.of(STREAM, ExpectedState.any(), event("Opened"))));

      assertThatThrownBy(() -> store.append(checked, throwing(() -> {})))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the store that has checked it");
    }
    assertThat(store.append(STREAM, ExpectedState.noStream(), event("Opened")).lastRevision())
        .isZero();
  }

  private static AppendCompletion throwing(Runnable thrower) {
    return new AppendCompletion() {
      @Override
      public void completed(AppendResult result) {
        thrower.run();
      }

      @Override
      public void failed(LeftfoldException reason) {
        thrower.run();
      }
    };
  }

  @Test
  void whoever_waits_is_told_when_the_writer_meets_what_nobody_expected() {
    var disk = new MemoryDisk();
    var clock =
        new Clock() {
          private volatile boolean broken;

          @Override
          public Instant instant() {
            if (broken) {
              throw new InternalError("a page could not be read");
            }
            return Instant.EPOCH;
          }

          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    try (var broken = LocalEventStore.on(disk, EngineOptions.defaults().withClock(clock))) {
      clock.broken = true;
      for (var i = 0; i < 2; i++) {
        assertThatThrownBy(() -> broken.append(STREAM, ExpectedState.any(), event("Opened")))
            .isInstanceOf(UnavailableException.class)
            .hasMessageContaining("a page could not be read");
      }
    }
  }

  @Test
  void a_callback_that_throws_keeps_no_other_subscription_asleep() throws Exception {
    try (var rude = store.subscribeToAll(SubscribeOptions.fromEnd());
        var other = store.subscribeToAll(SubscribeOptions.fromEnd())) {
      assertThat(rude.next()).isInstanceOf(CaughtUp.class);
      assertThat(rude.poll()).isEmpty();
      rude.onAvailable(() -> {
        throw new LinkageError("thrown by the one who waited");
      });
      assertThat(other.next()).isInstanceOf(CaughtUp.class);

      for (var i = 0; i < 3; i++) {
        store.append(STREAM, ExpectedState.any(), event("Opened"));
        assertThat(other.poll(Duration.ofSeconds(30)).orElseThrow()).isInstanceOf(Event.class);
      }
    }
  }

  @Test
  void following_a_long_stream_from_its_end_begins_live_and_stays_so() throws Exception {
    store.append(STREAM, ExpectedState.any(), Collections.nCopies(5000, event("Opened")));
    try (var subscription = store.subscribe(STREAM, SubscribeOptions.fromEnd())) {
      assertThat(subscription.next()).isInstanceOf(CaughtUp.class);

      store.append(STREAM, ExpectedState.any(), event("Closed"));

      assertThat(subscription.next()).isInstanceOf(Event.class);
      assertThat(subscription.poll(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void following_from_behind_the_last_number_there_is_waits() throws Exception {
    try (var all = store.subscribeToAll(SubscribeOptions.after(Long.MAX_VALUE));
        var stream = store.subscribe(STREAM, SubscribeOptions.after(Long.MAX_VALUE))) {
      assertThat(all.next()).isInstanceOf(CaughtUp.class);
      assertThat(stream.next()).isInstanceOf(CaughtUp.class);
      store.append(STREAM, ExpectedState.any(), event("Opened"));
      assertThat(all.poll(Duration.ZERO)).isEmpty();
      assertThat(stream.poll(Duration.ZERO)).isEmpty();
    }
  }
}
