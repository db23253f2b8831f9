// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.toolkit.UnreadableEventException;
import io.leftfold.toolkit.process.Instance.Held;
import io.leftfold.toolkit.process.Trace.Step;
import io.leftfold.toolkit.process.Trace.What;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Goes through the stream of an instance once more, for people. Writes nothing.
final class Tracer<E, S, C> {

  private final ProcessDefinition<E, S, C> definition;
  private final Instances<E, S, C> instances;
  private final Reactions<E, S, C> reactions;

  Tracer(
      ProcessDefinition<E, S, C> definition,
      Instances<E, S, C> instances,
      Reactions<E, S, C> reactions) {
    this.definition = definition;
    this.instances = instances;
    this.reactions = reactions;
  }

  Trace<E, S, C> trace(String name) {
    var instance = new Instance<>(definition, name, 0);
    var steps = new ArrayList<Step<E, S, C>>();
    instances.read(
        name,
        0,
        entry -> {
          var before = state(instance);
          instance.apply(entry);
          var at = entry.original();
          steps.add(
              new Step<>(
                  at.revision(),
                  at.position(),
                  at.recorded(),
                  what(entry, instance),
                  before,
                  state(instance)));
        });
    return new Trace<>(name, steps);
  }

  private Optional<S> state(Instance<E, S, C> instance) {
    return instance.isBroken() ? Optional.empty() : Optional.of(instance.state());
  }

  private What<E, C> what(ResolvedEvent entry, Instance<E, S, C> instance) {
    try {
      return what(EntryFormat.read(entry), instance);
    } catch (RuntimeException e) { // the codecs' own too
      return new What.Unreadable<>(EntryFormat.cause(e));
    }
  }

  private What<E, C> what(Entry entry, Instance<E, S, C> instance) {
    return switch (entry) {
      case Entry.Received _, Entry.Settled _, Entry.TimerFired _, Entry.Handled _ ->
          input(instance);
      case Entry.Issued(var id, var lane, var command) ->
          new What.Sent<>(id, lane, Instance.known(definition.commands(), command).getFirst());
      case Entry.TimerStarted(var timer, var due) -> new What.TimerStarted<>(timer, due);
      case Entry.TimerCancelled(var timer) -> new What.TimerCancelled<>(timer);
      case Entry.Parked(var cause) -> new What.Parked<>(cause);
      case Entry.Resumed(var by) -> new What.Resumed<>(by);
      case Entry.Skipped(var input, var by) -> new What.Skipped<>(input, by);
      case Entry.Retried(var input, var by) -> new What.Retried<>(input, by);
      case Entry.Completed() -> new What.Completed<>();
    };
  }

  private What<E, C> input(Instance<E, S, C> instance) {
    var handled = instance.handled();
    if (handled.isPresent()) {
      return new What.Handled<>(handled.get().input().get(), handled.get().revision());
    }
    var came =
        instance
            .came()
            .orElseThrow(() -> new IllegalStateException("It leads to no input that is known"));
    return instance.isCompleted()
        ? new What.PassedOver<>(came.input().get())
        : new What.Held<>(came.input().get());
  }

  // ---- replaying

  ReplayedReaction<E, S, C> replay(String name, long came) {
    var entries = new ArrayList<ResolvedEvent>();
    instances.read(name, 0, entries::add);
    var before = new Instance<>(definition, name, 0);
    var behind = new Instance<>(definition, name, 0);
    for (var i = 0; i < entries.size(); i++) {
      behind.apply(entries.get(i));
      var handled = behind.handled().filter(input -> input.revision() == came);
      if (handled.isPresent()) {
        var recorded = recorded(entries.subList(i + 1, entries.size()));
        return replay(before, handled.get(), Optional.of(recorded));
      }
      before.apply(entries.get(i));
    }
    return replay(before, waiting(before, came), Optional.empty());
  }

  private static <E, C> Held<E, C> waiting(Instance<E, ?, C> instance, long came) {
    var first = instance.held().peekFirst();
    if (first == null || first.revision() != came) {
      throw new IllegalArgumentException(
          "An input that is replayed was handled, or is to be handled next; that at revision %d of %s was not, and is not"
              .formatted(came, instance.name()));
    }
    return first;
  }

  private ReplayedReaction<E, S, C> replay(
      Instance<E, S, C> before, Held<E, C> held, Optional<List<Entry>> recorded) {
    var input = held.input().get();
    var reaction = reactions.reaction(before, input, held.isSilent());
    var entries = reactions.entries(before, held.key(), input, reaction);
    return new ReplayedReaction<>(
        input,
        before.state(),
        reaction.after(),
        reaction.effects(),
        recorded.isPresent() && areTheSame(entries, recorded.get()));
  }

  /// What was recorded with an input stands right behind it.
  private static List<Entry> recorded(List<ResolvedEvent> later) {
    var recorded = new ArrayList<Entry>();
    for (var entry : later) {
      var effect = effect(entry.original());
      if (effect.isEmpty()) {
        break;
      }
      recorded.add(effect.get());
    }
    return recorded;
  }

  private static Optional<Entry> effect(RecordedEvent event) {
    Entry entry;
    try {
      entry = EntryFormat.read(ResolvedEvent.plain(event));
    } catch (UnreadableEventException _) {
      return Optional.empty();
    }
    return switch (entry) {
      case Entry.Issued _, Entry.TimerStarted _, Entry.TimerCancelled _, Entry.Completed _ ->
          Optional.of(entry);
      case Entry.Received _,
          Entry.Settled _,
          Entry.TimerFired _,
          Entry.Parked _,
          Entry.Resumed _,
          Entry.Skipped _,
          Entry.Retried _,
          Entry.Handled _ ->
          Optional.empty();
    };
  }

  private boolean areTheSame(List<ProposedEvent> now, List<Entry> then) {
    if (now.size() != then.size()) {
      return false;
    }
    for (var i = 0; i < now.size(); i++) {
      if (!isTheSame(EntryFormat.read(now.get(i)), then.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean isTheSame(Entry now, Entry then) {
    return switch (now) {
      case Entry.Issued(var id, var lane, var command) ->
          then instanceof Entry.Issued(var thenId, var thenLane, var thenCommand)
              && id.equals(thenId)
              && lane.equals(thenLane)
              && Instance.known(definition.commands(), command)
                  .equals(Instance.known(definition.commands(), thenCommand));
      case Entry.TimerStarted(var timer, _) ->
          then instanceof Entry.TimerStarted(var thenTimer, _) && timer.equals(thenTimer);
      default -> now.equals(then);
    };
  }
}
