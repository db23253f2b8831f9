// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.toolkit.UnreadableEventException;
import io.leftfold.toolkit.process.Entry.Place;
import io.leftfold.toolkit.process.Routing.Routed;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/// The events that were set aside: they stand in the stream of the process until somebody takes
/// them up or leaves them out, which is recorded there too.
///
/// Taken up, an event comes to its instances behind whatever came to them meanwhile, so whether one
/// has it is looked up in its stream. What dies on the way is done again, and harms nobody.
final class Asides<E, S, C> {

  private final EventStore store;
  private final ProcessDefinition<E, S, C> definition;
  private final Instances<E, S, C> instances;
  private final Routing<E, S, C> routing;
  private final Notices notices;

  Asides(
      EventStore store,
      ProcessDefinition<E, S, C> definition,
      Instances<E, S, C> instances,
      Routing<E, S, C> routing,
      Notices notices) {
    this.store = store;
    this.definition = definition;
    this.instances = instances;
    this.routing = routing;
    this.notices = notices;
  }

  /// What stands aside, and where the stream that says so ends.
  private record Standing(SequencedMap<Long, SetAside> events, ExpectedState end) {}

  private Standing standing() {
    var events = new TreeMap<Long, SetAside>();
    ExpectedState end = ExpectedState.noStream();
    try (var read = store.read(stream(), ReadOptions.forwards())) {
      for (var resolved : read) {
        var event = resolved.original();
        EntryFormat.setAside(event).ifPresent(aside -> events.put(aside.position(), aside));
        EntryFormat.noLongerAside(event).ifPresent(events::remove);
        end = ExpectedState.atRevision(event.revision());
      }
    }
    return new Standing(events, end);
  }

  private StreamName stream() {
    return StreamName.of(definition.category());
  }

  /// Those that neither were taken up nor are left out, in the order of the source.
  List<SetAside> all() {
    return List.copyOf(standing().events().values());
  }

  /// Takes one to whom it concerns, and then off the list.
  ///
  /// @return whether it was there
  /// @throws RuntimeException what reading or correlating it throws; it stays where it is
  boolean takeUp(long position, String by) {
    if (!standing().events().containsKey(position)) {
      return false;
    }
    var event =
        store
            .eventAt(position)
            .orElseThrow(() ->
                new NoSuchElementException(
                    "The event at position %d is not in the store any more; leave it out"
                        .formatted(position)));
    routing.routed(event).forEach(routed -> deliver(event, routed));
    return off(position, EntryFormat.takenUp(position, by));
  }

  /// Takes one off the list.
  ///
  /// @return whether it was there
  boolean leaveOut(long position, String by) {
    return off(position, EntryFormat.leftOut(position, by));
  }

  private boolean off(long position, ProposedEvent entry) {
    while (true) {
      var standing = standing();
      if (!standing.events().containsKey(position)) {
        return false;
      }
      try {
        var _ = store.append(stream(), standing.end(), entry);
        return true;
      } catch (WrongExpectedStateException _) {
        // Another was set aside, or somebody was quicker with this one.
      }
    }
  }

  private void deliver(RecordedEvent event, Routed<E> routed) {
    Optional<String> objection = Optional.empty();
    while (true) {
      var parts = routing.parts(event, routed, objection, this::has);
      if (parts.isEmpty()) {
        return;
      }
      try {
        var _ = store.append(Commit.of(parts));
        parts.forEach(part -> notices.recorded(definition, part));
        return;
      } catch (WrongExpectedStateException _) {
        // Something else came to one of them: as they are now.
      } catch (LimitExceededException e) {
        if (objection.isPresent()) {
          throw e;
        }
        objection = Optional.of(EntryFormat.cause(e));
      }
    }
  }

  private boolean has(Instance<E, S, C> instance, Place place) {
    var found = new boolean[1];
    var _ = instances.read(instance.name(), 0, entry -> found[0] |= isOf(place, entry.original()));
    return found[0];
  }

  private static boolean isOf(Place place, RecordedEvent entry) {
    try {
      return EntryFormat.read(ResolvedEvent.plain(entry)) instanceof Entry.Received(var at, _, _)
          && at.equals(place);
    } catch (UnreadableEventException _) {
      return false;
    }
  }
}
