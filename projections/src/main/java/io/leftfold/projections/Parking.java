// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.storage.ParkedRecord;
import java.util.Optional;

/// What a run leaves out: events, and partitions from an event on.
///
/// @param identity who runs
/// @param definition what the script says about itself
/// @param fold has the states
/// @param parked what is parked; grows
record Parking(RunIdentity identity, ProjectionDefinition definition, Fold fold, ParkedSet parked) {

  /// Whether an event is of a parked partition, as far as that is known without the script.
  boolean isOfParked(ResolvedEvent resolved, RecordedEvent event) {
    return parked.hasPartitions()
        && definition.partitioning() == ProjectionDefinition.Partitioning.STREAM
        && resolved.link().isEmpty()
        && parked.holds(EventSource.partition(event.stream()))
        && definition.deletion(event).isEmpty()
        && definition.wants(resolved);
  }

  boolean holds(String partition) {
    return parked.hasPartitions() && parked.holds(partition);
  }

  int size() {
    return parked.size();
  }

  /// Why the partition of an event that failed cannot be parked besides the others, if so.
  Optional<String> objection(ProjectionFault why) {
    return why.partition()
        .filter(partition -> !parked.hasRoomFor(partition))
        .map(_ ->
            "Projection %s has parked %,d partitions, and there is no room for the names of more: resume or skip some, or change the script; the next one fails so:"
                .formatted(identity.streams().name(), parked.partitions()));
  }

  /// Whether the partition of an event that failed can be parked without the others.
  boolean canParkPartition(ProjectionFault why) {
    return definition.partitioning() != ProjectionDefinition.Partitioning.NONE
        && !definition.biState()
        && why.partition().isPresent();
  }

  /// Parks an event, or its partition from it on.
  ///
  /// @throws ProjectionFaultException if what the partition has come to cannot be saved
  void park(ResolvedEvent resolved, ProjectionFault why, boolean wholePartition, OpenStep open) {
    if (wholePartition) {
      freeze(why.partition().orElseThrow(), open);
    }
    var event = resolved.event().orElseThrow();
    var said =
        new ParkedRecord.Parked(
            identity.epoch(),
            resolved.original().position(),
            event.stream().value(),
            event.revision(),
            event.type(),
            why.partition(),
            wholePartition,
            why.describe(identity.streams().name(), false),
            why.stateBefore());
    parked.add(said);
    open.park(said);
  }

  /// Keeps what the events before made of a partition: later ones may go through the script's hands
  /// before it is known whose they are.
  private void freeze(String partition, OpenStep open) {
    open.freeze(partition, fold.state(partition));
    if (open.touched.remove(partition)) {
      open.frozenResults.put(partition, fold.result(partition));
    }
  }
}
