// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.storage.ProjectionStreams;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What was emitted, ready to be written.
///
/// @param stream where to
/// @param event the event
/// @param cause the position of the event that it comes of
record Emission(StreamName stream, ProposedEvent event, long cause) {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String CORRELATION = "$correlationId";

  /// Why nothing can be written to a stream of that name, if so.
  static Optional<String> objection(String stream) {
    try {
      stream(stream);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// @throws IllegalArgumentException if nothing can be written to a stream of that name
  private static StreamName stream(String text) {
    var name = StreamName.of(text);
    if (name.isSystem()) {
      if (name.isVirtual() || text.equals("$all")) {
        throw new IllegalArgumentException(
            "Stream %s is answered by the index; nothing can be written to it".formatted(name));
      }
      if (ProjectionStreams.isOfProjections(name)) {
        throw new IllegalArgumentException("Stream %s is the projections' own".formatted(name));
      }
    }
    return name;
  }

  /// Those of one event, in order.
  ///
  /// @throws IllegalArgumentException if one of them cannot be written
  static List<Emission> all(
      List<EmittedEvent> emitted, RecordedEvent cause, RunIdentity identity, long position) {
    var all = new ArrayList<Emission>();
    for (var one : emitted) {
      all.add(of(one, cause, identity, position, all.size()));
    }
    return all;
  }

  /// Makes one.
  ///
  /// @throws IllegalArgumentException if no such event can be written
  private static Emission of(
      EmittedEvent emitted, RecordedEvent cause, RunIdentity identity, long position, int ordinal) {
    var stream = stream(emitted.stream());
    var event =
        new ProposedEvent(
            identity.emittedId(position, ordinal),
            emitted.type(),
            emitted.isJson() ? ContentType.JSON : ContentType.BINARY,
            emitted.data().getBytes(StandardCharsets.UTF_8),
            metadata(emitted.metadata(), cause, identity, position)
                .getBytes(StandardCharsets.UTF_8),
            List.of());
    return new Emission(stream, event, position);
  }

  /// The tag that says who emitted, the cause, its correlation, and what the script adds.
  private static String metadata(
      String own, RecordedEvent cause, RunIdentity identity, long position) {
    var text =
        new StringBuilder(identity.tag())
            .append(",\"$c\":")
            .append(position)
            .append(",\"$p\":")
            .append(position)
            .append(",\"$causedBy\":\"")
            .append(cause.id())
            .append('"');
    var script = object(own);
    if (script.isEmpty() || !script.get().has(CORRELATION)) {
      correlation(cause)
          .ifPresent(id -> text.append(",\"$correlationId\":").append(JSON.writeValueAsString(id)));
    }
    script.ifPresent(members -> {
      members.remove(List.of("$v", "$c", "$p", "$causedBy"));
      if (!members.isEmpty()) {
        var json = JSON.writeValueAsString(members);
        text.append(',').append(json, 1, json.length() - 1);
      }
    });
    return text.append('}').toString();
  }

  private static Optional<String> correlation(RecordedEvent cause) {
    return cause.metadata().length == 0 || !cause.metadataAsText().contains(CORRELATION)
        ? Optional.empty()
        : object(cause.metadataAsText())
            .map(members -> members.path(CORRELATION))
            .filter(id -> id.isString())
            .map(id -> id.stringValue());
  }

  private static Optional<ObjectNode> object(String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    try {
      return JSON.readTree(text) instanceof ObjectNode members
          ? Optional.of(members)
          : Optional.empty();
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  long bytes() {
    return (long) event.data().length + event.metadata().length;
  }
}
