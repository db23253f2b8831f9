// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.storage.CheckpointRecord;
import java.util.Optional;
import java.util.UUID;

/// What a run goes on from.
///
/// @param checkpoint how far the projection is
/// @param checkpointRevision where that stands; −1 for nowhere
/// @param states the states
/// @param parked what is parked
/// @param maker makes commits
record LoadedRun(
    CheckpointRecord checkpoint,
    long checkpointRevision,
    StateCache states,
    ParkedSet parked,
    StepMaker maker) {

  /// Reads it.
  ///
  /// @param run a random number of the run's own
  static LoadedRun read(
      EventStore store,
      RunIdentity identity,
      UUID run,
      ProjectionDefinition definition,
      ProjectionOptions options,
      boolean tracks) {
    var streams = identity.streams();
    var last = last(store, identity.checkpoint());
    var checkpoint =
        last.flatMap(CheckpointRecord::of)
            .filter(said -> said.projection() == streams.id() && said.epoch() == identity.epoch())
            .orElseGet(() -> CheckpointRecord.start(streams.id(), identity.epoch()));
    var states =
        new StateCache(
            new StoredStates(store, streams, identity.epoch(), AsOf.now()),
            options.stateBytesMax(),
            checkpoint.position() < 0);
    var tracked =
        tracks
            ? TrackedStreams.read(store, streams.emitted(), options.namesBytesMax())
            : new TrackedStreams(options.namesBytesMax());
    return new LoadedRun(
        checkpoint,
        last.map(RecordedEvent::revision).orElse(-1L),
        states,
        ParkedSet.read(ParkedStream.now(store, streams, identity.epoch()), options.namesBytesMax()),
        new StepMaker(store, identity, run, definition, states, tracked, tracks));
  }

  private static Optional<RecordedEvent> last(EventStore store, StreamName stream) {
    try (var read = store.read(stream, ReadOptions.backwards().limit(1))) {
      var events = read.iterator();
      return events.hasNext() ? events.next().event() : Optional.empty();
    }
  }
}
