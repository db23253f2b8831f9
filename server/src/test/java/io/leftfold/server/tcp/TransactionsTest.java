// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.api.UnavailableException;
import io.leftfold.protocol.messages.tcp.OperationResult;
import io.leftfold.protocol.messages.tcp.TransactionCommitCompleted;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The bounds of open transactions, and what is remembered of those that are over.
class TransactionsTest {

  private static final StreamName STREAM = StreamName.of("s");
  private static final int APPEND_BYTES_MAX = 10_000;
  private static final int BYTES_MAX = 25_000;

  private final AtomicLong ids = new AtomicLong();
  private final AtomicLong now = new AtomicLong();
  private final Transactions transactions =
      new Transactions(
          new WireEvents.Limits(APPEND_BYTES_MAX, APPEND_BYTES_MAX),
          BYTES_MAX,
          ids::incrementAndGet,
          now::get);

  private long start() {
    return transactions.start(STREAM, ExpectedState.any());
  }

  private static List<ProposedEvent> event(int bytes) {
    return List.of(
        new ProposedEvent(
            UUID.randomUUID(), "T", ContentType.BINARY, new byte[bytes], new byte[0], List.of()));
  }

  private static TransactionCommitCompleted answer(long id) {
    return TransactionCommitCompleted.newBuilder()
        .setTransactionId(id)
        .setResult(OperationResult.Success)
        .setFirstEventNumber(0)
        .setLastEventNumber(0)
        .build();
  }

  @Test
  void events_of_a_request_that_comes_again_are_there_once() {
    var id = start();
    var events = event(1);

    assertThat(transactions.add(id, events)).isTrue();
    assertThat(transactions.add(id, events)).isTrue();

    assertThat(transactions.seal(id).orElseThrow().events()).hasSize(1);
  }

  @Test
  void nothing_is_added_to_one_that_somebody_commits() {
    var id = start();
    transactions.add(id, event(1));

    assertThat(transactions.seal(id).orElseThrow().events()).hasSize(1);
    assertThat(transactions.add(id, event(1))).isFalse();
  }

  @Test
  void one_whose_commit_was_refused_goes_on() {
    var id = start();
    transactions.add(id, event(1));
    transactions.seal(id);
    transactions.seal(id);

    transactions.refused(id);
    assertThat(transactions.add(id, event(1))).as("another commit is under way").isFalse();
    transactions.refused(id);

    assertThat(transactions.add(id, event(1))).isTrue();
    assertThat(transactions.seal(id).orElseThrow().events()).hasSize(2);
  }

  @Test
  void what_was_committed_takes_no_bytes_and_its_answer_is_remembered() {
    var id = start();
    transactions.add(id, event(1000));
    assertThat(transactions.bytes()).isGreaterThan(1000);

    transactions.committed(id, answer(id));

    assertThat(transactions.bytes()).isZero();
    assertThat(transactions.seal(id).orElseThrow().committed()).contains(answer(id));
  }

  @Test
  void one_that_failed_is_gone_with_its_bytes() {
    var id = start();
    transactions.add(id, event(1000));

    transactions.failed(id);

    assertThat(transactions.seal(id)).isEmpty();
    assertThat(transactions.bytes()).isZero();
  }

  @Test
  void one_has_no_more_bytes_than_an_append() {
    var id = start();
    transactions.add(id, event(6000));

    assertThatThrownBy(() -> transactions.add(id, event(6000)))
        .isInstanceOf(LimitExceededException.class);
    assertThat(transactions.seal(id).orElseThrow().events()).hasSize(1);
  }

  @Test
  void all_of_them_have_no_more_bytes_than_they_may() {
    transactions.add(start(), event(9000));
    transactions.add(start(), event(9000));
    var third = start();

    assertThatThrownBy(() -> transactions.add(third, event(9000)))
        .isInstanceOf(UnavailableException.class);
  }

  @Test
  void types_and_tags_count_too() {
    var large = new ArrayList<ProposedEvent>();
    large.add(
        new ProposedEvent(
            UUID.randomUUID(),
            "T".repeat(4096),
            ContentType.BINARY,
            new byte[0],
            new byte[0],
            List.of()));
    transactions.add(start(), large);
    transactions.add(start(), large);
    var third = start();

    assertThatThrownBy(() -> transactions.add(third, large))
        .isInstanceOf(UnavailableException.class);
    var tags = Stream.of("a", "b", "c", "d").map(tag -> Tag.of(tag.repeat(1024)));
    large.set(0, event(0).getFirst().withTags(tags.toArray(Tag[]::new)));
    assertThatThrownBy(() -> transactions.add(third, large))
        .isInstanceOf(UnavailableException.class);
  }

  @Test
  void there_are_no_more_than_there_may_be_and_committed_ones_make_room() {
    var first = start();
    for (var i = 1; i < Transactions.OPEN_MAX; i++) {
      start();
    }
    assertThatThrownBy(this::start).isInstanceOf(UnavailableException.class);

    transactions.committed(first, answer(first));

    assertThat(start()).isPositive();
    assertThat(transactions.seal(first)).isEmpty();
    assertThat(transactions.size()).isEqualTo(Transactions.OPEN_MAX);
  }

  @Test
  void one_that_nobody_uses_for_too_long_is_forgotten_when_another_is_started() {
    var idle = start();
    var used = start();
    transactions.add(idle, event(1000));
    now.addAndGet(Transactions.IDLE_MAX.toNanos());
    transactions.add(used, event(1));
    now.addAndGet(1);

    start();

    assertThat(transactions.seal(idle)).isEmpty();
    assertThat(transactions.seal(used)).isPresent();
    assertThat(transactions.bytes()).isLessThan(1000);
  }
}
