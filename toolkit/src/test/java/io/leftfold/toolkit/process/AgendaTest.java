// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.process.Agenda.Lane;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AgendaTest {

  private static final StreamName STREAM = StreamName.of("process.delivery-a");
  private static final Instant NOW = Instant.parse("2026-07-17T14:02:00Z");
  private static final Settlement DONE = new Settlement.Failed(1, "of the first command");

  private final InMemoryEventStore store = new InMemoryEventStore(Clock.systemUTC());
  private final Agenda agenda = new Agenda(10);

  @AfterEach
  void close() {
    store.close();
  }

  private void take(ProposedEvent entry) {
    store.append(STREAM, ExpectedState.any(), entry);
    agenda.take("a", last());
  }

  private RecordedEvent last() {
    return store.read(STREAM, ReadOptions.backwards().limit(1)).events().getFirst();
  }

  private CommandId issue(String command) {
    var id = CommandId.of(command);
    take(EntryFormat.issued(id, "lane", ProposedEvent.json("Do", "{}")));
    return id;
  }

  private Lane ready() {
    return agenda.takeReady(NOW).orElseThrow();
  }

  /// Its outcome is known, but could not be recorded; then it was recorded all the same.
  @Test
  void the_outcome_of_a_command_is_not_taken_for_that_of_the_next() {
    var first = issue("first");
    var second = issue("second");
    var lane = ready();
    var command = lane.first();
    var known = agenda.attempts(command).plusOne(NOW).with(DONE);
    agenda.putBack(lane, command, known, NOW);

    assertThat(ready()).isSameAs(lane);
    assertThat(agenda.attempts(lane.first())).isEqualTo(known);
    take(EntryFormat.settled(first, DONE, false));
    agenda.putBack(lane, command, known, NOW);

    assertThat(ready().first().id()).isEqualTo(second);
    assertThat(agenda.attempts(lane.first())).isEqualTo(Attempts.NONE);
  }

  /// An operator has the first one tried again.
  @Test
  void a_command_that_is_open_again_does_not_take_the_outcome_of_the_one_behind_it() {
    var first = issue("first");
    var issued = last();
    issue("second");
    var lane = ready();
    agenda.putSettled(lane, lane.first());
    assertThat(ready()).isSameAs(lane);
    var second = lane.first();
    var known = agenda.attempts(second).plusOne(NOW).with(DONE);
    agenda.putBack(lane, second, known, NOW);
    agenda.take("a", issued);

    assertThat(ready().first().id()).isEqualTo(first);
    assertThat(agenda.attempts(lane.first())).isEqualTo(Attempts.NONE);
    agenda.putSettled(lane, lane.first());
    assertThat(ready().first()).isEqualTo(second);
    assertThat(agenda.attempts(second)).isEqualTo(known);
  }

  /// An operator is quicker than the delivery is with saying that it has done its part.
  @Test
  void a_command_that_is_open_again_is_not_settled_by_who_comes_back_late() {
    var first = issue("first");
    var issued = last();
    var lane = ready();
    var delivered = lane.first();
    take(EntryFormat.settled(first, DONE, true));
    take(EntryFormat.parked("of it"));
    take(EntryFormat.retried(1, "ann"));
    var instance = new Instance<>(Shop.DELIVERY, "a", 0);
    store.read(STREAM, ReadOptions.forwards()).forEach(entry -> instance.apply(entry));
    assertThat(agenda.look(instance)).isFalse();

    agenda.putSettled(lane, delivered);

    var again = ready().first();
    assertThat(again.id()).isEqualTo(first);
    assertThat(again.revision()).isEqualTo(issued.revision());
    assertThat(again).isNotEqualTo(delivered);
  }
}
