// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.EventCodec;
import io.leftfold.toolkit.UnreadableEventException;
import io.leftfold.toolkit.keys.KeysUnavailableException;
import io.leftfold.toolkit.process.Entry.Place;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The fold of an instance's stream: what the application makes of its inputs, and beside that what
/// is open. The second cannot fail: where `evolve` throws, or an input cannot be read any more,
/// only the state is lost, and every reaction meets that as an exception.
///
/// Not to be shared by threads.
final class Instance<E, S, C> {

  private final ProcessDefinition<E, S, C> definition;
  private final String name;
  private final long generation;
  private final Map<String, Timer> timers = new LinkedHashMap<>();
  private final Map<CommandId, Issue> open = new LinkedHashMap<>();
  private final ArrayDeque<Held<E, C>> held = new ArrayDeque<>();

  private S state;
  private @Nullable RuntimeException broken;
  private Place received = Place.NONE;
  private long revision = -1;
  private @Nullable String parked;
  private boolean completed;
  private @Nullable Held<E, C> came;
  private @Nullable Held<E, C> handled;

  /// A timer that runs.
  record Timer(String name, Instant due, long started, long position) {}

  /// A command that is not settled.
  ///
  /// @param opened the revision since which it is open: at which it was issued, or sent again
  record Issue(CommandId id, String lane, RecordedEvent command, long opened) {}

  /// An input that came and is not handled.
  ///
  /// @param revision where it came
  /// @param key what is the same about it each time
  /// @param input reads it, which may fail
  /// @param settled the command that it settles
  /// @param isSilent whether it has no effects
  record Held<E, C>(
      long revision,
      String key,
      Supplier<Input<E, C>> input,
      Optional<Settling> settled,
      boolean isSilent) {}

  /// An outcome, and of what.
  record Settling(Issue issue, Settlement outcome) {}

  /// @param generation of those that are kept, in which its reading began
  Instance(ProcessDefinition<E, S, C> definition, String name, long generation) {
    this.definition = definition;
    this.name = name;
    this.generation = generation;
    this.state = initialState();
  }

  @SuppressWarnings("NullAway") // the state of what is broken is shown to nobody
  private S initialState() {
    try {
      return definition.manager().initialState();
    } catch (RuntimeException | Error e) {
      Faults.requireOfTheApplication(e);
      breakDown(e);
      return null;
    }
  }

  // ---- folding

  void apply(ResolvedEvent resolved) {
    var event = resolved.original();
    revision = event.revision();
    came = null;
    handled = null;
    try {
      apply(EntryFormat.read(resolved), event);
    } catch (UnreadableEventException e) {
      breakDown(e);
    }
  }

  private void apply(Entry entry, RecordedEvent at) {
    switch (entry) {
      case Entry.Received(var place, var isHeld, var target) -> {
        received = place.compareTo(received) < 0 ? received : place; // one that was aside is late
        take(
            isHeld,
            new Held<>(
                revision,
                key(place),
                () -> occurred(place, target),
                Optional.empty(),
                place.position() < definition.reactsFrom()));
      }
      case Entry.Issued(var id, var lane, var command) ->
          open.put(id, new Issue(id, lane, command, revision));
      case Entry.Settled(var id, var outcome, var isHeld) -> settle(id, outcome, isHeld);
      case Entry.TimerStarted(var timer, var due) ->
          timers.put(timer, new Timer(timer, due, revision, at.position()));
      case Entry.TimerCancelled(var timer) -> timers.remove(timer);
      case Entry.TimerFired(var timer, var due, var started, var isHeld) -> {
        timers.remove(timer);
        take(
            isHeld,
            new Held<>(
                revision,
                key(started),
                () -> new Input.Fired<>(timer, due),
                Optional.empty(),
                false));
      }
      case Entry.Parked(var cause) -> parked = cause;
      case Entry.Resumed _ -> parked = null;
      case Entry.Skipped _ -> {
        parked = null;
        var _ = held.poll();
      }
      case Entry.Retried _ -> {
        parked = null;
        Optional.ofNullable(held.poll()).flatMap(Held::settled).ifPresent(this::reopen);
      }
      case Entry.Handled _ -> Optional.ofNullable(held.poll()).ifPresent(this::evolve);
      case Entry.Completed _ -> {
        completed = true;
        held.clear();
      }
    }
  }

  private void reopen(Settling settling) {
    var issue = settling.issue();
    open.put(issue.id(), new Issue(issue.id(), issue.lane(), issue.command(), revision));
  }

  private void settle(CommandId id, Settlement outcome, boolean isHeld) {
    var issue = open.remove(id);
    if (issue == null) {
      breakDown(new NoSuchElementException("Command %s is settled, but is not open".formatted(id)));
      return;
    }
    take(
        isHeld,
        new Held<>(
            revision,
            key(id),
            () -> settled(issue, outcome),
            Optional.of(new Settling(issue, outcome)),
            false));
  }

  private void take(boolean isHeld, Held<E, C> input) {
    came = input;
    if (isHeld) {
      held.add(input);
    } else {
      evolve(input);
    }
  }

  private void evolve(Held<E, C> input) {
    if (completed) {
      return;
    }
    handled = input;
    if (broken != null) {
      return;
    }
    try {
      state = definition.manager().evolve(state, input.input().get());
    } catch (KeysUnavailableException e) {
      throw e; // whoever reads the instance reads it again
    } catch (RuntimeException | Error e) {
      Faults.requireOfTheApplication(e);
      breakDown(e);
    }
  }

  private void breakDown(Throwable cause) {
    if (broken == null) {
      broken =
          new IllegalStateException(
              "The state of %s cannot be folded at revision %d: %s"
                  .formatted(definition.stream(name), revision, cause),
              cause);
    }
  }

  // ---- inputs

  static String key(Place place) {
    return "event " + place;
  }

  static String key(long timerStarted) {
    return "timer " + timerStarted;
  }

  static String key(CommandId settled) {
    return "settled " + settled;
  }

  private Input<E, C> occurred(Place place, Optional<RecordedEvent> target) {
    var event =
        target.orElseThrow(() ->
            new NoSuchElementException(
                "The event at position %d is not in the store any more"
                    .formatted(place.position())));
    return new Input.Occurred<>(
        known(definition.events(), event).get(place.index()), event.recorded());
  }

  Input<E, C> settled(Issue issue, Settlement outcome) {
    return new Input.Settled<>(
        issue.id(), known(definition.commands(), issue.command()).getFirst(), outcome);
  }

  static <T> List<T> known(EventCodec<T> codec, RecordedEvent event) {
    return switch (codec.decode(event)) {
      case Decoded.Known<T>(var meant) -> meant;
      case Decoded.Unknown<T> unknown -> throw unknown.unreadable();
    };
  }

  // ---- what it amounts to

  String name() {
    return name;
  }

  long generation() {
    return generation;
  }

  /// Of its last entry; −1 before the first.
  long revision() {
    return revision;
  }

  /// @throws IllegalStateException if there is none
  S state() {
    if (broken != null) {
      throw broken;
    }
    return state;
  }

  ExpectedState expected() {
    return revision < 0 ? ExpectedState.noStream() : ExpectedState.atRevision(revision);
  }

  boolean isBroken() {
    return broken != null;
  }

  /// The input that came with the last entry, if one did.
  Optional<Held<E, C>> came() {
    return Optional.ofNullable(came);
  }

  /// The input that was handled with the last entry, if one was.
  Optional<Held<E, C>> handled() {
    return Optional.ofNullable(handled);
  }

  boolean isThere() {
    return revision >= 0;
  }

  boolean isCompleted() {
    return completed;
  }

  /// Closed for ever, together with its stream.
  void complete() {
    completed = true;
    open.clear();
    timers.clear();
    held.clear();
  }

  /// Why it is parked, if it is.
  Optional<String> parked() {
    return Optional.ofNullable(parked);
  }

  /// Whether inputs that come now have to wait.
  boolean isHolding() {
    return parked != null || !held.isEmpty();
  }

  /// What is to be handled next; nothing, if it is parked.
  Optional<Held<E, C>> nextHeld() {
    return parked == null ? Optional.ofNullable(held.peekFirst()) : Optional.empty();
  }

  ArrayDeque<Held<E, C>> held() {
    return held;
  }

  /// Whether it received what was at a place, as the source comes in order.
  boolean hasReceived(Place place) {
    return place.compareTo(received) <= 0;
  }

  Map<String, Timer> timers() {
    return timers;
  }

  Map<CommandId, Issue> open() {
    return open;
  }
}
