// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.toolkit.TraceContext;
import io.leftfold.toolkit.keys.KeysUnavailableException;
import io.leftfold.toolkit.process.Entry.Place;
import io.leftfold.toolkit.process.Instance.Held;
import io.leftfold.toolkit.process.Instance.Issue;
import io.leftfold.toolkit.process.Instance.Timer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// What is to be recorded when something comes to an instance: the input with its effects, or the
/// input to be handled later. Writes nothing.
final class Reactions<E, S, C> {

  private final ProcessDefinition<E, S, C> definition;

  Reactions(ProcessDefinition<E, S, C> definition) {
    this.definition = definition;
  }

  /// An input that comes.
  ///
  /// @param entry records it, held or handled
  /// @param key what is the same about it each time
  /// @param input reads it, which may fail
  /// @param objection why it is not to be handled at all
  /// @param isSilent whether it has no effects
  /// @param trace the span that led to it
  private record Arrival<E, C>(
      Function<Boolean, ProposedEvent> entry,
      String key,
      Supplier<Input<E, C>> input,
      Optional<String> objection,
      boolean isSilent,
      Optional<TraceContext> trace) {}

  /// An event comes that concerns the instance.
  List<ProposedEvent> toEvent(
      Instance<E, S, C> instance,
      RecordedEvent recorded,
      Place place,
      E event,
      Optional<String> objection) {
    return to(
        instance,
        new Arrival<>(
            held -> EntryFormat.received(recorded, place, held),
            Instance.key(place),
            () -> new Input.Occurred<>(event, recorded.recorded()),
            objection,
            recorded.position() < definition.reactsFrom(),
            TraceContext.of(recorded)));
  }

  /// A timer of the instance is due.
  List<ProposedEvent> toTimer(Instance<E, S, C> instance, Timer timer, Optional<String> objection) {
    return to(
        instance,
        new Arrival<>(
            held -> EntryFormat.timerFired(timer.name(), timer.due(), timer.started(), held),
            Instance.key(timer.started()),
            () -> new Input.Fired<>(timer.name(), timer.due()),
            objection,
            false,
            Optional.empty()));
  }

  /// A command of the instance has an outcome.
  List<ProposedEvent> toSettlement(
      Instance<E, S, C> instance, Issue issue, Settlement outcome, Optional<String> objection) {
    if (instance.isCompleted()) {
      return List.of(EntryFormat.settled(issue.id(), outcome, false));
    }
    return to(
        instance,
        new Arrival<>(
            held -> EntryFormat.settled(issue.id(), outcome, held),
            Instance.key(issue.id()),
            () -> instance.settled(issue, outcome),
            objection,
            false,
            TraceContext.of(issue.command())));
  }

  private List<ProposedEvent> to(Instance<E, S, C> instance, Arrival<E, C> arrival) {
    if (instance.isHolding()) {
      return List.of(arrival.entry().apply(true));
    }
    return entriesOr(
        () -> {
          requireNone(arrival.objection());
          return traced(
              arrival.trace(),
              entries(
                  arrival.entry().apply(false),
                  instance,
                  arrival.key(),
                  arrival.input().get(),
                  arrival.isSilent()));
        },
        cause -> List.of(arrival.entry().apply(true), EntryFormat.parked(cause)));
  }

  /// The turn of an input that was held has come.
  List<ProposedEvent> toHeld(
      Instance<E, S, C> instance, Held<E, C> held, Optional<String> objection) {
    return entriesOr(
        () -> {
          requireNone(objection);
          return traced(
              held.settled().flatMap(settled -> TraceContext.of(settled.issue().command())),
              entries(
                  EntryFormat.handled(held.revision()),
                  instance,
                  held.key(),
                  held.input().get(),
                  held.isSilent()));
        },
        cause -> List.of(EntryFormat.parked(cause)));
  }

  /// Commands name the span that led to them, so that a trace goes on with their delivery.
  private static List<ProposedEvent> traced(
      Optional<TraceContext> trace, List<ProposedEvent> entries) {
    return trace
        .map(span ->
            entries.stream()
                .map(entry ->
                    entry.type().equals(EntryFormat.ISSUED) ? span.carriedBy(entry) : entry)
                .toList())
        .orElse(entries);
  }

  private static void requireNone(Optional<String> objection) {
    if (objection.isPresent()) {
      throw new IllegalStateException(objection.get());
    }
  }

  /// What the application throws is its own affair, and that of the one instance.
  private static List<ProposedEvent> entriesOr(
      Supplier<List<ProposedEvent>> reaction, Function<String, List<ProposedEvent>> otherwise) {
    try {
      return reaction.get();
    } catch (KeysUnavailableException e) {
      throw e; // nobody's fault, and over some time
    } catch (RuntimeException | Error e) {
      Faults.requireOfTheApplication(e);
      return otherwise.apply(EntryFormat.cause(e));
    }
  }

  private List<ProposedEvent> entries(
      ProposedEvent first,
      Instance<E, S, C> instance,
      String key,
      Input<E, C> input,
      boolean isSilent) {
    var entries = new ArrayList<ProposedEvent>();
    entries.add(first);
    entries.addAll(entries(instance, key, input, reaction(instance, input, isSilent)));
    return entries;
  }

  /// What an instance makes of an input.
  ///
  /// @param after the state after it
  record Reaction<S, C>(S after, List<Effect<C>> effects) {}

  Reaction<S, C> reaction(Instance<E, S, C> instance, Input<E, C> input, boolean isSilent) {
    var manager = definition.manager();
    var after = manager.evolve(instance.state(), input);
    return new Reaction<>(after, isSilent ? List.of() : manager.react(after, input));
  }

  /// What is recorded of a reaction, behind its input.
  List<ProposedEvent> entries(
      Instance<E, S, C> instance, String key, Input<E, C> input, Reaction<S, C> reaction) {
    var running = new HashSet<>(instance.timers().keySet());
    if (input instanceof Input.Fired<E, C>(var timer, _)) {
      running.remove(timer);
    }
    var entries = new ArrayList<ProposedEvent>();
    var effects = reaction.effects();
    for (var place = 0; place < effects.size(); place++) {
      entry(effects.get(place), instance, key, place, running).ifPresent(entries::add);
    }
    if (definition.manager().isTerminal(reaction.after())) {
      running.stream().sorted().map(EntryFormat::timerCancelled).forEach(entries::add);
      entries.add(EntryFormat.completed());
    }
    return entries;
  }

  private Optional<ProposedEvent> entry(
      Effect<C> effect, Instance<E, S, C> instance, String key, int place, Set<String> running) {
    return switch (effect) {
      case Effect.Send<C>(var lane, var command) ->
          Optional.of(
              EntryFormat.issued(
                  definition.commandId(instance.name(), key, place),
                  lane,
                  definition.commands().encode(command)));
      case Effect.StartTimer<C>(var timer, var after) ->
          started(timer, EntryFormat.timerStarted(timer, after), running);
      case Effect.StartTimerAt<C>(var timer, var at) ->
          started(timer, EntryFormat.timerStarted(timer, at), running);
      case Effect.CancelTimer<C>(var timer) ->
          running.remove(timer) ? Optional.of(EntryFormat.timerCancelled(timer)) : Optional.empty();
    };
  }

  private static Optional<ProposedEvent> started(
      String timer, ProposedEvent entry, Set<String> running) {
    running.add(timer);
    return Optional.of(entry);
  }
}
