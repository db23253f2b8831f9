// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tracking;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.JsonEvent;
import io.leftfold.toolkit.UnreadableEventException;
import io.leftfold.toolkit.process.FaultyStore.Died;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// An event that a process cannot read, a newer version of a type that it knows for instance, waits
/// aside until a program comes that can.
final class AsidesTest {

  private static final StreamName ORDERS = StreamName.of("orders");

  /// @param order what it belongs to
  /// @param step what happened to it
  record Happened(String order, String step) {}

  record Note(String text) {}

  private static final EventTypes<Note> NOTES =
      EventTypes.of(Note.class)
          .type("Note", 1, Note.class, JsonBinding.jackson(Note.class))
          .build();

  /// What a program of yesterday knows, and what one of today does, of which version 2 has its step
  /// in the field `what`, and version 3 is two steps at once.
  private static final EventTypes<Happened> OF_YESTERDAY =
      EventTypes.of(Happened.class)
          .type("Happened", 1, Happened.class, JsonBinding.jackson(Happened.class))
          .build();

  private static final EventTypes<Happened> OF_TODAY =
      EventTypes.of(Happened.class)
          .type("Happened", 4, Happened.class, JsonBinding.jackson(Happened.class))
          .split("Happened", 1, (json, _) -> List.of(step(json, "step")))
          .split("Happened", 2, (json, _) -> List.of(step(json, "what")))
          .split("Happened", 3, (json, _) -> List.of(step(json, "first"), step(json, "second")))
          .build();

  private static JsonEvent step(ObjectNode json, String field) {
    var step = json.required(field).asString();
    return new JsonEvent("Happened", 4, json.deepCopy().retain("order").put("step", step));
  }

  /// An instance is its order, and notes down each step.
  private static final class Noting implements ProcessManager<Happened, String, Note> {
    @Override
    public Correlation correlate(Happened event) {
      return Correlation.start(event.order());
    }

    @Override
    public String initialState() {
      return "";
    }

    @Override
    public String evolve(String state, Input<Happened, Note> input) {
      return input instanceof Input.Occurred<Happened, Note>(var event, _)
          ? state + event.step()
          : state;
    }

    @Override
    public List<Effect<Note>> react(String state, Input<Happened, Note> input) {
      return input instanceof Input.Occurred<Happened, Note>
          ? List.of(Effect.send(new Note(state)))
          : List.of();
    }
  }

  private final EventStore store = new InMemoryEventStore(Clock.systemUTC());
  private final List<String> notes = new CopyOnWriteArrayList<>();
  private final Set<String> ids = ConcurrentHashMap.newKeySet();
  private final ProcessRunner<Happened, String, Note> yesterday = runner(store, OF_YESTERDAY);
  private final ProcessRunner<Happened, String, Note> today = runner(store, OF_TODAY);

  @AfterEach
  void close() {
    store.close();
  }

  private ProcessRunner<Happened, String, Note> runner(
      EventStore store, EventTypes<Happened> events) {
    return ProcessRunner.of(
        store,
        ProcessDefinition.of("noting", new Noting(), events, NOTES)
            .following(new EventFilter.Types(Set.of("Happened", "Elsewhere"))),
        (id, note) -> {
          if (ids.add(id.value())) {
            notes.add(note.text());
          }
          return new Settlement.Accepted("");
        },
        Clock.systemUTC(),
        ProcessOptions.of(ShopFloor.RETRIES));
  }

  private long happens(int version, String json) {
    var event =
        ProposedEvent.json("Happened", json)
            .withMetadata("{\"schemaVersion\":%d}".formatted(version));
    return store.append(ORDERS, ExpectedState.any(), event).position().orElseThrow();
  }

  private long yesterdaysStep(String order, String step) {
    return happens(1, "{\"order\":\"%s\",\"step\":\"%s\"}".formatted(order, step));
  }

  private long todaysStep(String order, String step) {
    return happens(2, "{\"order\":\"%s\",\"what\":\"%s\"}".formatted(order, step));
  }

  private static ProcessFigures figures(ProcessRunner<?, ?, ?> runner) {
    try (var stepped = runner.stepByStep()) {
      stepped.untilIdle();
      return stepped.figures();
    }
  }

  @Test
  void a_newer_version_is_set_aside_and_taken_up_by_the_program_that_knows_it() {
    var newer = todaysStep("o", "b");
    assertThat(figures(yesterday).aside()).isEqualTo(1);
    assertThat(yesterday.aside())
        .singleElement()
        .satisfies(aside -> {
          assertThat(aside.position()).isEqualTo(newer);
          assertThat(aside.cause()).contains("newer program");
        });
    assertThat(figures(today).aside()).as("a start alone changes nothing").isEqualTo(1);
    assertThat(notes).isEmpty();

    assertThat(today.takeUp(newer, "ann")).isTrue();

    assertThat(figures(today).aside()).isZero();
    assertThat(today.state("o")).isEqualTo("b");
    assertThat(notes).containsExactly("b");
    assertThat(today.takeUp(newer, "ann")).isFalse();
    assertThat(store.read(StreamName.of("process.noting"), ReadOptions.forwards()).events())
        .last()
        .satisfies(event ->
            assertThat(event.dataAsText())
                .isEqualTo("{\"by\":\"ann\",\"position\":%d}".formatted(newer)));
  }

  @Test
  void a_type_that_nobody_declared_is_passed_over() {
    store.append(ORDERS, ExpectedState.any(), ProposedEvent.json("Elsewhere", "{}"));
    yesterdaysStep("o", "a");

    assertThat(figures(yesterday).aside()).isZero();
    assertThat(yesterday.state("o")).isEqualTo("a");
  }

  @Test
  void what_is_taken_up_comes_behind_what_came_meanwhile_and_once() {
    yesterdaysStep("o", "a");
    var newer = todaysStep("o", "b");
    yesterdaysStep("o", "c");
    figures(yesterday);
    assertThat(notes).containsExactly("a", "ac");

    today.takeUp(newer, "ann");
    figures(today);
    yesterdaysStep("o", "d");
    figures(today);

    assertThat(today.state("o")).isEqualTo("acbd");
    assertThat(notes).containsExactly("a", "ac", "acb", "acbd");
  }

  @Test
  void where_the_source_is_gone_through_again_nothing_is_doubled() {
    yesterdaysStep("o", "a");
    var newer = todaysStep("o", "b");
    yesterdaysStep("o", "c");
    figures(yesterday);
    today.takeUp(newer, "ann");
    figures(today);

    store.delete(Tracking.streamOf("process.noting"), ExpectedState.any());
    assertThat(figures(today).aside()).isZero();

    assertThat(today.state("o")).isEqualTo("acb");
    assertThat(notes).containsExactly("a", "ac", "acb");
  }

  @Test
  void whoever_dies_while_it_is_taken_up_takes_it_up_again_and_nothing_is_doubled() {
    for (var calls = 0; ; calls++) {
      var order = "o" + calls;
      yesterdaysStep(order, "a");
      var newer =
          happens(3, "{\"order\":\"%s\",\"first\":\"x\",\"second\":\"y\"}".formatted(order));
      figures(yesterday);
      var left = new AtomicInteger(calls);
      var dying =
          runner(
              new FaultyStore(
                  store,
                  () -> {
                    if (left.getAndDecrement() == 0) {
                      throw new Died();
                    }
                  }),
              OF_TODAY);
      Optional<Died> died = Optional.empty();
      try {
        assertThat(dying.takeUp(newer, "ann")).isTrue();
      } catch (Died e) {
        died = Optional.of(e);
        today.takeUp(newer, "ann");
      }
      figures(today);
      assertThat(today.state(order)).as("died at call %d", calls).isEqualTo("axy");
      assertThat(today.aside()).isEmpty();
      if (died.isEmpty()) {
        assertThat(calls).as("there were places to die at").isGreaterThan(10);
        assertThat(notes).hasSize(3 * (calls + 1));
        return;
      }
    }
  }

  @Test
  void what_still_cannot_be_read_stays_aside_and_may_be_left_out() {
    var broken = happens(1, "{");
    var newer = todaysStep("o", "b");
    figures(yesterday);

    assertThatThrownBy(() -> today.takeUp(broken, "ann"))
        .isInstanceOf(UnreadableEventException.class);
    assertThatThrownBy(() -> yesterday.takeUp(newer, "ann"))
        .isInstanceOf(UnreadableEventException.class);
    assertThat(today.aside()).extracting(SetAside::position).containsExactly(broken, newer);

    assertThat(today.leaveOut(broken, "ann")).isTrue();
    assertThat(today.leaveOut(broken, "ann")).isFalse();
    assertThat(today.takeUp(broken, "ann")).isFalse();
    assertThat(today.aside()).extracting(SetAside::position).containsExactly(newer);
  }

  @Test
  void nothing_else_was_set_aside() {
    assertThat(today.takeUp(yesterdaysStep("o", "a"), "ann")).isFalse();
    assertThat(today.leaveOut(17, "ann")).isFalse();
  }
}
