// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections.storage;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// How far a projection is: what a step's commit says of the step.
///
/// @param projection the projection's number
/// @param epoch the version that folded since zero
/// @param position the last position looked at; −1 for none
/// @param emitsFrom what comes of events before this position was emitted by an epoch before
/// @param mixed whether the script was changed since zero, so that the states are not those of one
///   script
/// @param figures what was done since zero
public record CheckpointRecord(
    long projection, long epoch, long position, long emitsFrom, boolean mixed, Figures figures) {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TYPE = "$ProjectionCheckpoint.V2";

  /// What a projection has done since zero.
  ///
  /// @param handled events that a handler took
  /// @param skipped events that were left out: those of parked partitions, and parked ones
  /// @param emitted events that were written
  /// @param partitions how many have a state
  public record Figures(long handled, long skipped, long emitted, long partitions) {
    /// Nothing yet.
    public static final Figures NONE = new Figures(0, 0, 0, 0);
  }

  /// Before the first event.
  ///
  /// @param projection the projection's number
  /// @param epoch the version
  /// @return the checkpoint
  public static CheckpointRecord start(long projection, long epoch) {
    return new CheckpointRecord(projection, epoch, -1, 0, false, Figures.NONE);
  }

  /// With the script changed since zero, or not.
  ///
  /// @param changed whether it was
  /// @return the new checkpoint
  public CheckpointRecord withMixed(boolean changed) {
    return new CheckpointRecord(projection, epoch, position, emitsFrom, changed, figures);
  }

  /// With other figures.
  ///
  /// @param change makes them of these
  /// @return the new checkpoint
  public CheckpointRecord withFigures(UnaryOperator<Figures> change) {
    return new CheckpointRecord(
        projection, epoch, position, emitsFrom, mixed, change.apply(figures));
  }

  /// At another position, having emitted what comes before another one.
  ///
  /// @param last the last position looked at
  /// @param emitted the first position whose events are not emitted for
  /// @return the new checkpoint
  public CheckpointRecord at(long last, long emitted) {
    return new CheckpointRecord(projection, epoch, last, emitted, mixed, figures);
  }

  /// This as an event.
  ///
  /// @param id its id
  /// @return the event
  public ProposedEvent proposed(UUID id) {
    var json =
        JSON.createObjectNode()
            .put("commitPosition", position)
            .put("preparePosition", position)
            .put("projection", projection)
            .put("epoch", epoch)
            .put("emitsFrom", emitsFrom)
            .put("mixed", mixed)
            .put("handled", figures.handled())
            .put("skipped", figures.skipped())
            .put("emitted", figures.emitted())
            .put("partitions", figures.partitions());
    return ProposedEvent.json(TYPE, JSON.writeValueAsString(json)).withId(id);
  }

  /// From an event.
  ///
  /// @param event the event
  /// @return the checkpoint; empty if the event is none of ours
  public static Optional<CheckpointRecord> of(RecordedEvent event) {
    if (!event.type().equals(TYPE)) {
      return Optional.empty();
    }
    try {
      var json = JSON.readTree(event.data());
      if (!json.has("projection") || !json.has("epoch")) {
        return Optional.empty();
      }
      return Optional.of(
          new CheckpointRecord(
              json.path("projection").asLong(),
              json.path("epoch").asLong(),
              json.path("commitPosition").asLong(-1),
              json.path("emitsFrom").asLong(0),
              json.path("mixed").asBoolean(false),
              new Figures(
                  json.path("handled").asLong(0),
                  json.path("skipped").asLong(0),
                  json.path("emitted").asLong(0),
                  json.path("partitions").asLong(0))));
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }
}
