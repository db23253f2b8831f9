// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// A decider by examples, for tests: without a store, without threads, in any test framework.
///
/// ```java
/// Specification.of(ACCOUNTS)
///     .given(new Opened("7"), new Deposited("7", 50))
///     .when(new Withdraw("7", 80))
///     .thenRejected(OVERDRAWN);
/// ```
///
/// What is not as it was said to be is an [AssertionError]; so is an event that is decided behind
/// the end ([Decider#isTerminal]), which a [CommandHandler] refuses.
///
/// @param <C> the commands
/// @param <S> the state
/// @param <E> the events
/// @param <R> why a command is rejected
public final class Specification<C, S, E, R> {

  private final Decider<C, S, E, R> decider;
  private final BiConsumer<? super C, List<E>> requirement;
  private final List<E> given;

  private Specification(
      Decider<C, S, E, R> decider, BiConsumer<? super C, List<E>> requirement, List<E> given) {
    this.decider = decider;
    this.requirement = requirement;
    this.given = List.copyOf(given);
  }

  /// Of a decider alone.
  ///
  /// @param decider what commands do
  /// @param <C> the commands
  /// @param <S> the state
  /// @param <E> the events
  /// @param <R> why a command is rejected
  /// @return a specification in which nothing has happened
  public static <C, S, E, R> Specification<C, S, E, R> of(Decider<C, S, E, R> decider) {
    return new Specification<>(decider, (_, _) -> {}, List.of());
  }

  /// As a [CommandHandler] runs it: an event that is given, and is not in the boundary of the
  /// command, fails the test, for no decision could rest on it. Of a boundary that is one stream
  /// nobody can tell by the event alone; say in which streams they lie, then it can be told too.
  ///
  /// @param codec how events are stored, and tagged
  /// @param boundaries what a command's decision rests on
  /// @return the new specification
  public Specification<C, S, E, R> within(
      EventCodec<E> codec, Function<? super C, Boundary<E>> boundaries) {
    return new Specification<>(
        decider,
        (command, events) -> requireInside(boundaries.apply(command), codec, events),
        given);
  }

  /// The same, also of a boundary that is one stream.
  ///
  /// @param codec how events are stored, and tagged
  /// @param boundaries what a command's decision rests on
  /// @param streams in which stream an event lies that is given, by what it says
  /// @return the new specification
  public Specification<C, S, E, R> within(
      EventCodec<E> codec,
      Function<? super C, Boundary<E>> boundaries,
      Function<? super E, StreamName> streams) {
    return new Specification<>(
        decider,
        (command, events) -> {
          var boundary = boundaries.apply(command);
          requireInside(boundary, codec, events);
          if (boundary instanceof Boundary.OfStream<E>(var stream)) {
            requireInside(stream, streams, events);
          }
        },
        given);
  }

  private static <E> void requireInside(
      StreamName boundary, Function<? super E, StreamName> streams, List<E> events) {
    for (var event : events) {
      var stream = streams.apply(event);
      if (!stream.equals(boundary)) {
        throw new AssertionError(
            "Given was %s, which lies in stream %s, but the command's boundary is stream %s"
                .formatted(event, stream, boundary));
      }
    }
  }

  private static <E> void requireInside(Boundary<E> boundary, EventCodec<E> codec, List<E> events) {
    switch (boundary) {
      case Boundary.OfStream<E> _ -> {}
      case Boundary.OfQuery<E>(var query, _) -> {
        for (var event : events) {
          ProposedEvent stored = codec.encode(event);
          if (!query.matches(boundary.home(event), stored.type(), stored.tags())) {
            throw new AssertionError(
                "Given was %s, stored as %s with the tags %s, which the command's boundary does not see: %s"
                    .formatted(event, stored.type(), stored.tags(), boundary));
          }
        }
      }
    }
  }

  /// What happened before, behind what was given already.
  ///
  /// @param events in order
  /// @return the new specification
  @SafeVarargs
  @SuppressWarnings("varargs") // The array is only copied.
  public final Specification<C, S, E, R> given(E... events) {
    var all = new ArrayList<>(given);
    all.addAll(List.of(events));
    return new Specification<>(decider, requirement, all);
  }

  /// Decides a command.
  ///
  /// @param command what is wanted
  /// @return what came of it
  public Then<E, R> when(C command) {
    requirement.accept(command, given);
    var state = decider.fold(decider.initialState(), given);
    var decision = decider.decide(command, state);
    if (decision instanceof Decision.Accept<E, R>(var events)) {
      requireNoneBehindTheEnd(command, state, events);
    }
    return new Then<>(command, state, decision);
  }

  private void requireNoneBehindTheEnd(C command, S before, List<E> events) {
    var state = before;
    for (var event : events) {
      if (decider.isTerminal(state)) {
        throw new AssertionError(
            "%s led to %s on %s, but that is terminal: nothing happens behind the end; reject the command"
                .formatted(command, event, state));
      }
      state = decider.evolve(state, event);
    }
  }

  /// What came of a command, to be compared.
  ///
  /// @param <E> the events
  /// @param <R> why a command is rejected
  public static final class Then<E, R> {

    private final Object command;
    private final Object state;
    private final Decision<E, R> actual;

    private Then(Object command, Object state, Decision<E, R> actual) {
      this.command = command;
      this.state = state;
      this.actual = actual;
    }

    /// It was accepted, and led to just these events.
    ///
    /// @param events in order
    @SafeVarargs
    @SuppressWarnings("varargs") // The array is only copied.
    public final void then(E... events) {
      require(new Decision.Accept<>(List.of(events)));
    }

    /// It was accepted, and there was nothing left to do.
    public void thenNothing() {
      require(new Decision.Accept<>(List.of()));
    }

    /// It was rejected.
    ///
    /// @param why the reason
    public void thenRejected(R why) {
      require(new Decision.Reject<>(why));
    }

    private void require(Decision<E, R> expected) {
      if (!actual.equals(expected)) {
        throw new AssertionError(
            "%s on %s was expected to be decided as %s, but was as %s"
                .formatted(command, state, expected, actual));
      }
    }
  }
}
