// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.process.Correlation.Presence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A process manager by examples, for tests: one instance, without a store and threads, on a clock
/// that stands still, in any test framework.
///
/// ```java
/// ProcessSpecification.of(new Delivery(), "7")
///     .given(new Placed("7"))
///     .givenSettled(new Take("7"), new Settlement.Accepted("17"))
///     .whenTimePasses(Duration.ofDays(14))
///     .then(Effect.send(new PutBack("7")));
/// ```
///
/// What is given runs the process too: the timers that it started are running, and the commands
/// that it sent wait for their outcomes. What is not as it was said to be is an [AssertionError];
/// so is something given that could not have come: an event of another instance, an outcome of a
/// command that was not sent.
///
/// @param <E> the events that are followed
/// @param <S> the state of an instance
/// @param <C> the commands
public final class ProcessSpecification<E, S, C> {

  private final ProcessManager<E, S, C> manager;
  private final String instance;
  private final Moment<S, C> moment;

  /// How far the instance has come.
  private record Moment<S, C>(
      S state,
      Instant now,
      Map<String, Instant> timers,
      List<C> open,
      boolean isThere,
      boolean isCompleted) {}

  private ProcessSpecification(
      ProcessManager<E, S, C> manager, String instance, Moment<S, C> moment) {
    this.manager = manager;
    this.instance = instance;
    this.moment = moment;
  }

  /// Of an instance to which nothing has come. It is the beginning of 1970.
  ///
  /// @param manager what inputs mean, and lead to
  /// @param instance its name
  /// @param <E> the events that are followed
  /// @param <S> the state of an instance
  /// @param <C> the commands
  /// @return the specification
  public static <E, S, C> ProcessSpecification<E, S, C> of(
      ProcessManager<E, S, C> manager, String instance) {
    return new ProcessSpecification<>(
        manager,
        instance,
        new Moment<>(manager.initialState(), Instant.EPOCH, Map.of(), List.of(), false, false));
  }

  // ---- what came before

  /// Events that happened, one after the other.
  ///
  /// @param events in order
  /// @return the new specification
  @SafeVarargs
  @SuppressWarnings("varargs") // The array is only read.
  public final ProcessSpecification<E, S, C> given(E... events) {
    var given = this;
    for (var event : events) {
      given = given.when(event).next();
    }
    return given;
  }

  /// The outcome of a command that the instance has sent.
  ///
  /// @param command which
  /// @param outcome what became of it
  /// @return the new specification
  public ProcessSpecification<E, S, C> givenSettled(C command, Settlement outcome) {
    return whenSettled(command, outcome).next();
  }

  /// Time that passed; timers that were due fired.
  ///
  /// @param time how much
  /// @return the new specification
  public ProcessSpecification<E, S, C> givenTimePassed(Duration time) {
    return whenTimePasses(time).next();
  }

  // ---- what comes

  /// An event happens.
  ///
  /// @param event which
  /// @return what comes of it
  public Then<E, S, C> when(E event) {
    var presence = presence(event);
    return switch (presence) {
      case EITHER -> input(occurred(event));
      case IF_PRESENT -> moment.isThere() ? input(occurred(event)) : nothing(event);
      case REQUIRED_ABSENT ->
          moment.isThere()
              ? parked(event, "the instance is there already")
              : input(occurred(event));
      case REQUIRED_PRESENT ->
          moment.isThere() ? input(occurred(event)) : parked(event, "there is no instance");
    };
  }

  private Input<E, C> occurred(E event) {
    return new Input.Occurred<>(event, moment.now());
  }

  private Presence presence(E event) {
    var correlation = manager.correlate(event);
    for (var target : correlation.targets()) {
      if (target.instance().equals(instance)) {
        return target.presence();
      }
    }
    throw new AssertionError(
        "%s concerns %s, and not the instance \"%s\"".formatted(event, correlation, instance));
  }

  /// A command that the instance has sent gets its outcome.
  ///
  /// @param command which
  /// @param outcome what becomes of it
  /// @return what comes of it
  public Then<E, S, C> whenSettled(C command, Settlement outcome) {
    var open = new ArrayList<>(moment.open());
    if (!open.remove(command)) {
      throw new AssertionError(
          "%s has an outcome, but open are only %s".formatted(command, moment.open()));
    }
    var settled =
        new Moment<>(
            moment.state(),
            moment.now(),
            moment.timers(),
            List.copyOf(open),
            moment.isThere(),
            moment.isCompleted());
    return at(settled).input(new Input.Settled<>(CommandId.of("specified"), command, outcome));
  }

  /// Time passes; the timers that are due fire, each at its time.
  ///
  /// @param time how much
  /// @return what comes of all of them
  public Then<E, S, C> whenTimePasses(Duration time) {
    var end = moment.now().plus(time);
    var passing = this;
    var effects = new ArrayList<Effect<C>>();
    while (true) {
      var due = passing.nextTimer(end);
      if (due == null) {
        return new Then<>(
            "%s pass".formatted(time), passing.at(passing.atTime(end, "")), effects, null);
      }
      var at =
          due.getValue().isBefore(passing.moment.now()) ? passing.moment.now() : due.getValue();
      var then =
          passing
              .at(passing.atTime(at, due.getKey()))
              .input(new Input.Fired<>(due.getKey(), due.getValue()));
      if (then.parked != null) {
        return then;
      }
      effects.addAll(then.effects);
      passing = then.next;
    }
  }

  private Map.@Nullable Entry<String, Instant> nextTimer(Instant end) {
    return moment.timers().entrySet().stream()
        .filter(timer -> !timer.getValue().isAfter(end))
        .min(Map.Entry.comparingByValue())
        .orElse(null);
  }

  private Moment<S, C> atTime(Instant time, String firing) {
    var timers = new TreeMap<>(moment.timers());
    timers.remove(firing);
    return new Moment<>(
        moment.state(), time, timers, moment.open(), moment.isThere(), moment.isCompleted());
  }

  private ProcessSpecification<E, S, C> at(Moment<S, C> other) {
    return new ProcessSpecification<>(manager, instance, other);
  }

  private Then<E, S, C> nothing(Object what) {
    return new Then<>(what, this, List.of(), null);
  }

  private Then<E, S, C> parked(Object what, String cause) {
    return new Then<>(what, this, List.of(), cause);
  }

  private Then<E, S, C> input(Input<E, C> input) {
    if (moment.isCompleted()) {
      return nothing(input);
    }
    try {
      var state = manager.evolve(moment.state(), input);
      var effects = manager.react(state, input);
      return new Then<>(input, at(after(state, effects)), effects, null);
    } catch (RuntimeException e) {
      return parked(input, e.toString());
    }
  }

  private Moment<S, C> after(S state, List<Effect<C>> effects) {
    var timers = new TreeMap<>(moment.timers());
    var open = new ArrayList<>(moment.open());
    for (var effect : effects) {
      switch (effect) {
        case Effect.Send<C>(_, var command) -> open.add(command);
        case Effect.StartTimer<C>(var timer, var after) ->
            timers.put(timer, moment.now().plus(after));
        case Effect.StartTimerAt<C>(var timer, var at) -> timers.put(timer, at);
        case Effect.CancelTimer<C>(var timer) -> timers.remove(timer);
      }
    }
    var isCompleted = manager.isTerminal(state);
    return new Moment<>(
        state, moment.now(), isCompleted ? Map.of() : timers, List.copyOf(open), true, isCompleted);
  }

  /// What came of something, to be compared.
  ///
  /// @param <E> the events that are followed
  /// @param <S> the state of an instance
  /// @param <C> the commands
  public static final class Then<E, S, C> {

    private final Object what;
    private final ProcessSpecification<E, S, C> next;
    private final List<Effect<C>> effects;
    private final @Nullable String parked;

    private Then(
        Object what,
        ProcessSpecification<E, S, C> next,
        List<Effect<C>> effects,
        @Nullable String parked) {
      this.what = what;
      this.next = next;
      this.effects = List.copyOf(effects);
      this.parked = parked;
    }

    private ProcessSpecification<E, S, C> next() {
      if (parked != null) {
        throw new AssertionError("%s parks the instance: %s".formatted(what, parked));
      }
      return next;
    }

    /// It led to just these effects.
    ///
    /// @param expected in order
    /// @return this
    @SafeVarargs
    @SuppressWarnings("varargs") // The array is only copied.
    public final Then<E, S, C> then(Effect<C>... expected) {
      var _ = next();
      if (!effects.equals(List.of(expected))) {
        throw new AssertionError(
            "%s was expected to lead to %s, but led to %s on %s"
                .formatted(what, List.of(expected), effects, next.moment.state()));
      }
      return this;
    }

    /// It led to no effects.
    ///
    /// @return this
    public Then<E, S, C> thenNothing() {
      return then();
    }

    /// The instance is in this state.
    ///
    /// @param expected the state
    /// @return this
    public Then<E, S, C> thenState(S expected) {
      if (!next().moment.state().equals(expected)) {
        throw new AssertionError(
            "%s was expected to lead to the state %s, but led to %s"
                .formatted(what, expected, next.moment.state()));
      }
      return this;
    }

    /// The instance is at its end.
    ///
    /// @return this
    public Then<E, S, C> thenCompleted() {
      if (!next().moment.isCompleted()) {
        throw new AssertionError(
            "%s was expected to end the instance, but it goes on with %s"
                .formatted(what, next.moment.state()));
      }
      return this;
    }

    /// The instance is parked.
    public void thenParked() {
      if (parked == null) {
        throw new AssertionError(
            "%s was expected to park the instance, but led to %s on %s"
                .formatted(what, effects, next.moment.state()));
      }
    }
  }
}
