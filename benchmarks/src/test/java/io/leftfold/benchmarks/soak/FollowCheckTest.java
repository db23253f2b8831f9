// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FollowCheckTest {

  private static final StreamName KEPT = Retention.KEPT.stream(1);

  private final Violations violations = new Violations(_ -> {});
  private final SoakState state = SoakState.of(1, violations);
  private final SoakStream stream = state.add(new SoakStream(Retention.KEPT, 1));

  @BeforeEach
  void acknowledgeFour() {
    stream.propose(4);
    for (var revision = 0; revision < 4; revision++) {
      state.ledger().acknowledged(KEPT, revision, revision, state.events().at(KEPT, revision));
    }
    stream.acknowledge();
  }

  @Test
  void all_events_once_and_in_order_are_no_violation() {
    follow(event(0), event(1), event(2), event(3));

    assertThat(violations.first()).isEmpty();
  }

  @Test
  void a_lost_event_is_reported() {
    follow(event(0), event(1), event(3));

    assertThat(violations.first()).anyMatch(text -> text.contains("lost: the event at position 2"));
  }

  @Test
  void a_lost_event_is_reported_by_its_stream_where_positions_do_not_count_up() {
    var check = check(false);
    List.of(event(0), event(1), event(3)).forEach(check::see);

    assertThat(violations.first()).singleElement().asString().contains("lost", "behind revision 1");
  }

  @Test
  void lost_events_at_the_end_are_reported() {
    follow(event(0), event(1));

    assertThat(violations.first())
        .anyMatch(text -> text.contains("lost: the event at position 2"))
        .anyMatch(text -> text.contains("lost: the event at position 3"))
        .anyMatch(text -> text.contains("4 events of kept-1 were acknowledged"));
  }

  @Test
  void a_doubled_event_is_reported() {
    follow(event(0), event(1), event(1), event(2), event(3));

    assertThat(violations.first()).singleElement().asString().contains("doubled", "1@kept-1");
  }

  @Test
  void an_event_recorded_twice_is_reported() {
    follow(event(0), event(1), event(2), event(3), at(4, event(3)));

    assertThat(violations.first()).anyMatch(text -> text.contains("doubled"));
  }

  @Test
  void reordered_events_are_reported() {
    var other = state.add(new SoakStream(Retention.KEPT, 2));
    var late = at(4, recorded(other.name(), 0));
    var later = at(5, event(4));
    follow(event(0), event(1), event(2), event(3), later, late);

    assertThat(violations.first())
        .singleElement()
        .asString()
        .contains("reordered", "0@kept-2", "behind position 5");
  }

  @Test
  void altered_data_is_reported() {
    var altered = event(2);
    altered.data()[0]++;
    follow(event(0), event(1), altered, event(3));

    assertThat(violations.first()).singleElement().asString().contains("altered", "2@kept-1");
  }

  @Test
  void an_event_at_the_position_of_another_is_reported() {
    follow(event(0), event(1), event(2), at(3, recorded(Retention.KEPT.stream(2), 0)));

    assertThat(violations.first()).anyMatch(text -> text.contains("altered: at position 3"));
  }

  @Test
  void an_event_that_may_be_forgotten_may_be_missing() {
    var capped = Retention.CAPPED.stream(1);
    state.ledger().acknowledged(capped, 0, 4, state.events().at(capped, 0));
    follow(event(0), event(1), event(2), event(3), at(5, event(4)));

    assertThat(violations.first()).isEmpty();
  }

  private void follow(RecordedEvent... events) {
    var check = check(true);
    List.of(events).forEach(check::see);
    check.endsAt(4 + Math.max(0, check.last() - 3));
    check.hasSeen(state.all());
  }

  private FollowCheck check(boolean everything) {
    return new FollowCheck("test", everything, state.ledger(), violations);
  }

  private RecordedEvent event(long revision) {
    return at(revision, recorded(KEPT, revision));
  }

  private RecordedEvent recorded(StreamName stream, long revision) {
    var event = state.events().at(stream, revision);
    return new RecordedEvent(
        0,
        stream,
        revision,
        event.id(),
        event.type(),
        event.contentType(),
        Instant.EPOCH,
        event.data(),
        event.metadata(),
        event.tags());
  }

  private static RecordedEvent at(long position, RecordedEvent event) {
    return new RecordedEvent(
        position,
        event.stream(),
        event.revision(),
        event.id(),
        event.type(),
        event.contentType(),
        event.recorded(),
        event.data(),
        event.metadata(),
        event.tags());
  }
}
