// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.projections;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.cli.output.EventJson;
import io.leftfold.cli.output.MalformedLineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Events in a file, a line of JSON each: as `leftfold export` and `leftfold read --json` write
/// them, or by hand, where `stream` and `type` are enough.
///
/// What is not said follows from the order: positions and revisions count on, an id belongs to a
/// position, and an event is a second younger than the one before it. A `link` says that a link led
/// to the event; by hand the link's `stream` is enough.
public final class GivenEvents {

  private static final Instant BEFORE_THE_FIRST = Instant.parse("2026-01-01T00:00:00Z");

  private final Map<String, Long> revisions = new HashMap<>();
  private final List<ResolvedEvent> events = new ArrayList<>();
  private long lastPosition;
  private Instant lastTime = BEFORE_THE_FIRST;

  private GivenEvents() {}

  /// Reads a file.
  ///
  /// @param file where
  /// @return the events in their order
  /// @throws IOException if it cannot be read
  /// @throws MalformedCaseException if a line is not an event
  public static List<ResolvedEvent> read(Path file) throws IOException {
    var given = new GivenEvents();
    try (var lines = Files.newBufferedReader(file)) {
      var number = 0L;
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          given.add(line, number, file);
        }
      }
    }
    return given.events;
  }

  private void add(String line, long number, Path file) {
    try {
      var node = JsonMapper.shared().readTree(line);
      if (!(node instanceof ObjectNode object)) {
        throw new IllegalArgumentException("A line is one JSON object, this one is not");
      }
      events.add(object.has("link") ? linked(object) : ResolvedEvent.plain(event(line, object)));
    } catch (JacksonException e) {
      throw malformed(file, number, "It is not JSON: " + e.getOriginalMessage());
    } catch (MalformedLineException | IllegalArgumentException | DateTimeException e) {
      throw malformed(file, number, String.valueOf(e.getMessage()));
    }
  }

  private static MalformedCaseException malformed(Path file, long line, String why) {
    return new MalformedCaseException("Line %d of %s: %s".formatted(line, file, why));
  }

  private ResolvedEvent linked(ObjectNode line) throws MalformedLineException {
    if (!(line.remove("link") instanceof ObjectNode link)) {
      throw new IllegalArgumentException("Field \"link\" is a JSON object");
    }
    var before = lastPosition;
    var event =
        line.isEmpty()
            ? Optional.<RecordedEvent>empty()
            : Optional.of(event(line.toString(), line));
    if (link.has("position")) {
      lastPosition = before; // an event may be linked to long after it was appended
    }
    if (!link.has("type")) {
      link.put("type", RecordedEvent.LINK_TYPE);
    }
    event
        .filter(_ -> !link.has("data") && !link.has("dataBase64"))
        .ifPresent(to ->
            link.put(
                "dataBase64",
                "%d@%s".formatted(to.revision(), to.stream()).getBytes(StandardCharsets.UTF_8)));
    return new ResolvedEvent(event, Optional.of(event(link.toString(), link)));
  }

  private RecordedEvent event(String line, JsonNode fields) throws MalformedLineException {
    var position = number(fields, "position", lastPosition + 1);
    var read =
        EventJson.parse(
            line.getBytes(StandardCharsets.UTF_8), () -> Optional.of(new UUID(7, position)));
    var event = read.event();
    var next = revisions.getOrDefault(read.stream().value(), -1L) + 1;
    var revision = number(fields, "revision", next);
    var recorded =
        fields.has("recorded")
            ? Instant.parse(fields.get("recorded").asString())
            : lastTime.plusSeconds(1);
    revisions.put(read.stream().value(), revision);
    lastPosition = position;
    lastTime = recorded;
    return new RecordedEvent(
        position,
        read.stream(),
        revision,
        event.id(),
        event.type(),
        event.contentType(),
        recorded,
        event.data(),
        event.metadata(),
        event.tags());
  }

  private static long number(JsonNode fields, String name, long otherwise) {
    var given = fields.path(name);
    if (given.isMissingNode()) {
      return otherwise;
    }
    if (!given.canConvertToLong() || given.asLong() < 0) {
      throw new IllegalArgumentException(
          "Field \"%s\" is a number from 0 on, got %s".formatted(name, given));
    }
    return given.asLong();
  }
}
