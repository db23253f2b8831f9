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
import io.leftfold.toolkit.keys.KeysUnavailableException;
import io.leftfold.toolkit.process.Routing.Routed;
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
  private final Routing<E, S, C> routing;
  private final Notices notices;

  private @Nullable Subscription source;
  private @Nullable RecordedEvent current;
  private long tracked = -1;
  private int untracked;
  private volatile long taken = -1;

  Inbox(
      EventStore store,
      ProcessDefinition<E, S, C> definition,
      Routing<E, S, C> routing,
      Notices notices) {
    this.store = store;
    this.definition = definition;
    this.routing = routing;
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
      routed = routing.routed(event);
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

  private void deliver(RecordedEvent event, Routed<E> routed, boolean isLast) {
    Optional<String> objection = Optional.empty();
    while (true) {
      var parts = routing.parts(event, routed, objection, Instance::hasReceived);
      if (parts.isEmpty()) {
        return;
      }
      try {
        append(parts, isLast ? event.position() : -1);
        parts.forEach(part -> notices.recorded(definition, part));
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

  /// An event that cannot be read, or of which nobody can say whom it concerns, must not stop the
  /// others, and must not get lost: [Asides] take it up again.
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
