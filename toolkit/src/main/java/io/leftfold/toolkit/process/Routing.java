// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.UnreadableEventException;
import io.leftfold.toolkit.process.Correlation.Target;
import io.leftfold.toolkit.process.Entry.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/// Whom an event concerns, and what is to be recorded there when it comes. Writes nothing.
final class Routing<E, S, C> {

  private final ProcessDefinition<E, S, C> definition;
  private final Instances<E, S, C> instances;
  private final Reactions<E, S, C> reactions;

  Routing(
      ProcessDefinition<E, S, C> definition,
      Instances<E, S, C> instances,
      Reactions<E, S, C> reactions) {
    this.definition = definition;
    this.instances = instances;
    this.reactions = reactions;
  }

  /// One of the events that a stored one means, and whom it concerns.
  record Routed<E>(Place place, E event, List<Target> targets) {}

  /// What an event means that concerns somebody. Nothing, if it is of a type that is somebody
  /// else's.
  ///
  /// @throws UnreadableEventException if it is newer than the codec, or its data is broken
  List<Routed<E>> routed(RecordedEvent event) {
    return switch (definition.events().decode(event)) {
      case Decoded.Unknown<E> unknown -> {
        if (unknown.isNewer()) {
          throw unknown.unreadable();
        }
        yield List.of();
      }
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

  /// What is to be recorded of one of the events that a stored one means: at each instance that it
  /// concerns and that does not have it.
  ///
  /// @param objection why it is not to be handled, but to be parked with
  /// @param has whether an instance has received what was at a place
  List<StreamAppend> parts(
      RecordedEvent event,
      Routed<E> routed,
      Optional<String> objection,
      BiPredicate<Instance<E, S, C>, Place> has) {
    var parts = new ArrayList<StreamAppend>();
    for (var target : routed.targets()) {
      var instance = instances.of(target.instance());
      if (concerns(target, instance) && !has.test(instance, routed.place())) {
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
}
