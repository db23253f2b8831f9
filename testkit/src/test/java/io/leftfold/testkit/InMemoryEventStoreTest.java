// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The model passes the contract, and a little besides.
final class InMemoryEventStoreTest extends EventStoreContract {

  @Override
  protected EventStore open(Clock clock) {
    return new InMemoryEventStore(clock);
  }

  @Test
  void sizes_are_counted_by_data_metadata_and_twice_the_type() {
    try (var small = new InMemoryEventStore(clock, new Random(1), 20, 30)) {
      var fits = ProposedEvent.binary("Type", new byte[10]).withMetadata(new byte[2]);
      var other = ProposedEvent.binary("Type", new byte[2]);
      var tooLarge = ProposedEvent.binary("Type", new byte[10]).withMetadata(new byte[3]);

      small.append(ACCOUNT, ExpectedState.any(), fits, other);
      assertThatThrownBy(() -> small.append(ACCOUNT, ExpectedState.any(), other, tooLarge))
          .isInstanceOfSatisfying(
              LimitExceededException.class,
              refusal -> {
                assertThat(refusal.eventId()).hasValue(tooLarge.id());
                assertThat(refusal.bytes()).isEqualTo(21);
                assertThat(refusal.bytesMax()).isEqualTo(20);
              });
      assertThatThrownBy(() ->
              small.append(
                  List.of(
                      StreamAppend.of(ACCOUNT, ExpectedState.any(), fits),
                      StreamAppend.of(ORDER, ExpectedState.any(), other, other))))
          .isInstanceOfSatisfying(
              LimitExceededException.class,
              refusal -> {
                assertThat(refusal.eventId()).isEmpty();
                assertThat(refusal.bytes()).isEqualTo(40);
                assertThat(refusal.bytesMax()).isEqualTo(30);
              });
      assertThat(small.lastPosition()).hasValue(2L);
    }
  }

  @Test
  void the_ids_of_its_own_events_come_from_the_chance_it_was_given() {
    try (var one = new InMemoryEventStore(clock, new Random(1), 100, 100);
        var same = new InMemoryEventStore(clock, new Random(1), 100, 100)) {
      one.tombstone(ACCOUNT, ExpectedState.any());
      same.tombstone(ACCOUNT, ExpectedState.any());

      var events = one.readAll(ReadOptions.forwards()).events();
      assertThat(events).isEqualTo(same.readAll(ReadOptions.forwards()).events());
      assertThat(events).extracting(RecordedEvent::id).doesNotHaveDuplicates();
      assertThat(events)
          .allSatisfy(event -> {
            assertThat(event.id().version()).isEqualTo(4);
            assertThat(event.id().variant()).isEqualTo(2);
          });
    }
  }

  @Test
  void every_id_is_known_for_ever() {
    for (var i = 0; i < 500; i++) {
      append(ACCOUNT, "A" + i);
    }

    assertThat(append(ACCOUNT, "A0").lastRevision()).isZero();
  }

  @Test
  void dollar_signs_alone_are_the_metastream_of_no_stream() {
    for (var name : List.of("$$", "$$$$", "$$$$$$")) {
      assertThatThrownBy(() -> StreamName.of(name)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(StreamName.of("$$$").original()).isEqualTo(StreamName.of("$"));
  }
}
