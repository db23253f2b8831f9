// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.keys.KeysUnavailableException;
import io.leftfold.toolkit.process.Correlation.Target;
import io.leftfold.toolkit.process.Entry.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes the events that a process follows, one after the other, to the instances that they
/// concern.
///
/// What an event leads to, in however many instances, is one commit, together with the position up
/// to which the source was taken. A commit that is not answered is found to be there when the event
/// is taken again: the source is tracked, and an instance knows what it received last.
///
/// For one thread. After an [io.leftfold.api.UnavailableException] the event is taken again.
final class Inbox<E, S, C> implements AutoCloseable {

  /// After so many events that concern nobody it is recorded how far the source was taken, so that
  /// they need not be looked at again.
  private static final int UNTRACKED_MAX = 1_000;

  private final EventStore store;
  private final ProcessDefinition<E, S, C> definition;
  private final Instances<E, S, C> instances;
  private final Reactions<E, S, C> reactions;
  private final Notices notices;

  private @Nullable Subscription source;
  private @Nullable RecordedEvent current;
  private long tracked = -1;
  private int untracked;
  private volatile long taken = -1;

  Inbox(
      EventStore store,
      ProcessDefinition<E, S, C> definition,
      Instances<E, S, C> instances,
      Reactions<E, S, C> reactions,
      Notices notices) {
    this.store = store;
    this.definition = definition;
    this.instances = instances;
    this.reactions = reactions;
    this.notices = notices;
  }

  /// Takes the next event, if one comes.
  ///
  /// @param atMost how long to wait for it
  /// @return whether there was one
  boolean turn(Duration atMost) throws InterruptedException {
    if (current == null) {
      current = next(atMost);
    }
    if (current == null) {
      return false;
    }
    take(current);
    taken = current.position();
    current = null;
    return true;
  }

  private @Nullable RecordedEvent next(Duration atMost) throws InterruptedException {
    var events = source == null ? open() : source;
    var wait = atMost;
    while (true) {
      var message = events.poll(wait);
      if (message.isEmpty()) {
        return null;
      }
      if (message.get() instanceof SubscriptionMessage.Event(var resolved)) {
        return resolved.original();
      }
      wait = Duration.ZERO;
    }
  }

  private Subscription open() {
    tracked = store.trackingPosition(definition.category()).orElse(-1);
    var options = tracked < 0 ? SubscribeOptions.fromBeginning() : SubscribeOptions.after(tracked);
    var opened = store.subscribeToAll(options.filteredBy(definition.source()));
    source = opened;
    taken = Math.max(taken, tracked);
    return opened;
  }

  private void take(RecordedEvent event) {
    if (event.position() <= tracked || definition.instance(event.stream()).isPresent()) {
      return;
    }
    List<Routed<E>> routed;
    try {
      routed = routed(event);
    } catch (KeysUnavailableException e) {
      throw e; // no fault of the event: it comes again
    } catch (RuntimeException | Error e) {
      Faults.requireOfTheApplication(e);
      setAside(event, EntryFormat.cause(e));
      return;
    }
    for (var i = 0; i < routed.size(); i++) {
      deliver(event, routed.get(i), i + 1 == routed.size());
    }
    if (event.position() > tracked && ++untracked >= UNTRACKED_MAX) {
      append(new ArrayList<>(), event.position());
    }
  }

  /// One of the events that a stored one means, and whom it concerns.
  private record Routed<E>(Place place, E event, List<Target> targets) {}

  private List<Routed<E>> routed(RecordedEvent event) {
    return switch (definition.events().decode(event)) {
      case Decoded.Unknown<E> _ -> List.of();
      case Decoded.Known<E>(var meant) -> {
        var all = new ArrayList<Routed<E>>();
        for (var i = 0; i < meant.size(); i++) {
          var targets = definition.manager().correlate(meant.get(i)).targets();
          if (!targets.isEmpty()) {
            all.add(new Routed<>(new Place(event.position(), i), meant.get(i), targets));
          }
        }
        yield all;
      }
    };
  }

  private void deliver(RecordedEvent event, Routed<E> routed, boolean isLast) {
    Optional<String> objection = Optional.empty();
    while (true) {
      var parts = parts(event, routed, objection);
      if (parts.isEmpty()) {
        return;
      }
      try {
        append(parts, isLast ? event.position() : -1);
        parts.forEach(this::recorded);
        return;
      } catch (WrongExpectedStateException _) {
        // A timer or an outcome was quicker: with the instance as it is now.
      } catch (LimitExceededException e) {
        if (objection.isPresent()) { // more instances than one commit takes, even to be parked
          setAside(event, EntryFormat.cause(e));
          return;
        }
        objection = Optional.of(EntryFormat.cause(e));
      }
    }
  }

  private void recorded(StreamAppend part) {
    definition
        .instance(part.stream())
        .ifPresent(instance -> notices.recorded(instance, part.events()));
  }

  private List<StreamAppend> parts(
      RecordedEvent event, Routed<E> routed, Optional<String> objection) {
    var parts = new ArrayList<StreamAppend>();
    for (var target : routed.targets()) {
      var instance = instances.of(target.instance());
      if (concerns(target, instance) && !instance.hasReceived(routed.place())) {
        var why = objection.or(() -> objection(target, instance));
        parts.add(
            new StreamAppend(
                definition.stream(target.instance()),
                instance.expected(),
                reactions.toEvent(instance, event, routed.place(), routed.event(), why)));
      }
      instances.giveBack(instance);
    }
    return parts;
  }

  private boolean concerns(Target target, Instance<E, S, C> instance) {
    return !instance.isCompleted()
        && (instance.isThere() || target.presence() != Correlation.Presence.IF_PRESENT);
  }

  private Optional<String> objection(Target target, Instance<E, S, C> instance) {
    return switch (target.presence()) {
      case EITHER, IF_PRESENT -> Optional.empty();
      case REQUIRED_ABSENT ->
          instance.isThere()
              ? Optional.of("The event begins a new instance, but this one is there already")
              : Optional.empty();
      case REQUIRED_PRESENT ->
          instance.isThere()
              ? Optional.empty()
              : Optional.of("The event continues an instance, but there was none");
    };
  }

  /// An event that cannot be read, or of which nobody can say whom it concerns, must not stop the
  /// others, and must not get lost.
  private void setAside(RecordedEvent event, String cause) {
    var aside =
        new StreamAppend(
            StreamName.of(definition.category()),
            ExpectedState.any(),
            List.of(EntryFormat.unrouted(event, cause)));
    append(new ArrayList<>(List.of(aside)), event.position());
    notices.setAside(event.position(), cause);
  }

  /// @param position up to which the source was taken; −1 if not all of that event is
  private void append(List<StreamAppend> parts, long position) {
    if (parts.isEmpty()) {
      parts.add(
          new StreamAppend(StreamName.of(definition.category()), ExpectedState.any(), List.of()));
    }
    var commit = Commit.of(parts);
    try {
      var _ =
          store.append(position < 0 ? commit : commit.tracking(definition.category(), position));
      if (position >= 0) {
        tracked = position;
      }
    } catch (AlreadyTrackedException e) {
      tracked = e.recorded();
    }
    untracked = 0;
  }

  /// The position up to which all events of the source were taken. For any thread.
  long taken() {
    return taken;
  }

  /// Lets the next turn begin at what was recorded last.
  void reopen() {
    close();
    source = null;
    current = null;
  }

  @Override
  public void close() {
    if (source != null) {
      source.close();
    }
  }
}
