// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections.storage;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the stream of parked events says.
public sealed interface ParkedRecord {

  /// An event, or a partition from an event on, was left out.
  ///
  /// @param epoch the version that failed
  /// @param position the event's
  /// @param stream its stream
  /// @param revision its revision
  /// @param eventType its type
  /// @param partition its partition, if known
  /// @param wholePartition whether the partition's later events are left out too
  /// @param error why, for a person; of a longer text its beginning
  /// @param stateBefore the partition's state before it, if it is known and not too long to be kept
  ///   a second time
  record Parked(
      long epoch,
      long position,
      String stream,
      long revision,
      String eventType,
      Optional<String> partition,
      boolean wholePartition,
      String error,
      Optional<String> stateBefore)
      implements ParkedRecord {

    private static final int ERROR_CHARS = 10_000;
    private static final int STATE_CHARS = 1 << 20;

    /// Leaves out what is too long.
    public Parked {
      if (error.length() > ERROR_CHARS) {
        error = error.substring(0, ERROR_CHARS) + "…";
      }
      stateBefore = stateBefore.filter(state -> state.length() <= STATE_CHARS);
    }

    /// How long its texts are together.
    ///
    /// @return in characters
    public long chars() {
      return 0L
          + stream.length()
          + eventType.length()
          + error.length()
          + partition.map(String::length).orElse(0)
          + stateBefore.map(String::length).orElse(0);
    }
  }

  /// It is left out no more.
  ///
  /// @param epoch the version
  /// @param position the event's
  record Released(long epoch, long position) implements ParkedRecord {}

  /// This as an event.
  ///
  /// @param id its id
  /// @return the event
  default ProposedEvent proposed(UUID id) {
    var json = Json.MAPPER.createObjectNode();
    return switch (this) {
      case Parked parked -> {
        json.put("epoch", parked.epoch())
            .put("position", parked.position())
            .put("stream", parked.stream())
            .put("revision", parked.revision())
            .put("eventType", parked.eventType())
            .put("wholePartition", parked.wholePartition())
            .put("error", parked.error());
        parked.partition().ifPresent(partition -> json.put("partition", partition));
        parked.stateBefore().ifPresent(state -> json.put("stateBefore", state));
        yield event(Json.PARKED, json, id);
      }
      case Released(var epoch, var position) -> {
        json.put("epoch", epoch).put("position", position);
        yield event(Json.RELEASED, json, id);
      }
    };
  }

  private static ProposedEvent event(String type, JsonNode json, UUID id) {
    return ProposedEvent.json(type, Json.MAPPER.writeValueAsString(json)).withId(id);
  }

  /// From an event.
  ///
  /// @param event the event
  /// @return what it says; empty if it is none of ours
  static Optional<ParkedRecord> of(RecordedEvent event) {
    try {
      return switch (event.type()) {
        case Json.PARKED -> Optional.of(parked(Json.MAPPER.readTree(event.data())));
        case Json.RELEASED -> {
          var json = Json.MAPPER.readTree(event.data());
          yield Optional.of(
              new Released(json.path("epoch").asLong(), json.path("position").asLong()));
        }
        default -> Optional.empty();
      };
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  private static Parked parked(JsonNode json) {
    return new Parked(
        json.path("epoch").asLong(),
        json.path("position").asLong(),
        json.path("stream").asString(""),
        json.path("revision").asLong(),
        json.path("eventType").asString(""),
        json.has("partition") ? Optional.of(json.path("partition").asString()) : Optional.empty(),
        json.path("wholePartition").asBoolean(false),
        json.path("error").asString(""),
        json.has("stateBefore")
            ? Optional.of(json.path("stateBefore").asString())
            : Optional.empty());
  }

  /// Names of types, and the mapper.
  final class Json {
    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final String PARKED = "$ProjectionEventParked";
    private static final String RELEASED = "$ProjectionEventReleased";

    private Json() {}
  }
}
