// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.output;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// An event as one line of JSON, and back, to the byte.
///
/// | field | is |
/// |---|---|
/// | `stream`, `type` | texts |
/// | `id` | a UUID |
/// | `contentType` | `application/json` or `application/octet-stream` |
/// | `data` | the data itself, if it is one JSON value on one line |
/// | `dataBase64` | the data, if it is anything else; neither field if there is none |
/// | `metadata`, `metadataBase64` | the same for the metadata |
/// | `tags` | an array of texts, absent if there are none |
/// | `position`, `revision`, `recorded` | for information: where and when the event was recorded |
/// | `link` | for information: the link that led to the event |
///
/// Embedded JSON is copied as it stands, neither reordered nor reformatted.
public final class EventJson {

  /// What may be embedded is bounded a little tighter than what is read, since reading it back adds
  /// a level of nesting.
  private static final JsonFactory EMBEDDED =
      JsonFactory.builder().streamReadConstraints(constraints(500)).build();

  private static final JsonFactory LINES =
      JsonFactory.builder().streamReadConstraints(constraints(1000)).build();

  private EventJson() {}

  private static StreamReadConstraints constraints(int depthMax) {
    return StreamReadConstraints.builder()
        .maxNestingDepth(depthMax)
        .maxStringLength(Integer.MAX_VALUE)
        .maxNumberLength(Integer.MAX_VALUE)
        .maxNameLength(Integer.MAX_VALUE)
        .build();
  }

  /// The line of an event.
  ///
  /// @param event the event
  /// @return one JSON object and a line feed
  public static byte[] line(RecordedEvent event) {
    return line(ResolvedEvent.plain(event));
  }

  /// The line of an event that a reader got.
  ///
  /// @param resolved the event, perhaps with the link that led to it
  /// @return one JSON object and a line feed
  public static byte[] line(ResolvedEvent resolved) {
    var bytes = new ByteArrayOutputStream();
    try (var json = LINES.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      resolved.event().ifPresent(event -> write(json, event));
      resolved
          .link()
          .ifPresent(link -> {
            json.writeName("link");
            json.writeStartObject();
            write(json, link);
            json.writeEndObject();
          });
      json.writeEndObject();
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, RecordedEvent event) {
    json.writeNumberProperty("position", event.position());
    json.writeStringProperty("stream", event.stream().value());
    json.writeNumberProperty("revision", event.revision());
    json.writeStringProperty("id", event.id().toString());
    json.writeStringProperty("type", event.type());
    json.writeStringProperty("recorded", event.recorded().toString());
    json.writeStringProperty("contentType", event.contentType().mediaType());
    if (!event.tags().isEmpty()) {
      json.writeArrayPropertyStart("tags");
      event.tags().forEach(tag -> json.writeString(tag.value()));
      json.writeEndArray();
    }
    write(json, "data", event.data());
    write(json, "metadata", event.metadata());
  }

  private static void write(JsonGenerator json, String name, byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    if (isEmbeddable(bytes)) {
      json.writeName(name);
      json.writeRawValue(new String(bytes, StandardCharsets.UTF_8));
    } else {
      json.writeStringProperty(name + "Base64", Base64.getEncoder().encodeToString(bytes));
    }
  }

  /// Whether these bytes can stand in a line as they are: one JSON value, valid UTF-8, without a
  /// line break or blanks around it.
  static boolean isEmbeddable(byte[] bytes) {
    for (var b : bytes) {
      if (b == '\n' || b == '\r') {
        return false;
      }
    }
    if (bytes.length == 0 || isBlank(bytes[0]) || isBlank(bytes[bytes.length - 1])) {
      return false;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException e) {
      return false;
    }
    return findProblem(bytes).isEmpty();
  }

  /// What keeps these bytes from being one JSON value.
  ///
  /// @param bytes UTF-8
  /// @return a few words with the place; empty if it is JSON
  public static Optional<String> findProblem(byte[] bytes) {
    if (bytes.length > 0 && bytes[0] == (byte) 0xEF) {
      return Optional.of("it begins with a byte order mark");
    }
    try (var parser = EMBEDDED.createParser(ObjectReadContext.empty(), bytes)) {
      if (parser.nextToken() == null) {
        return Optional.of("it is empty");
      }
      var depth = 0;
      do {
        parser.finishToken();
        depth += depthOf(parser.currentToken());
      } while (depth > 0 && parser.nextToken() != null);
      return parser.nextToken() == null
          ? Optional.empty()
          : Optional.of("more follows behind the first value");
    } catch (JacksonException e) {
      return Optional.of(e.getOriginalMessage() + place(e));
    }
  }

  private static int depthOf(JsonToken token) {
    return token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
  }

  private static String place(JacksonException e) {
    return e.getLocation() == null
        ? ""
        : " (column %d)".formatted(Math.max(1, e.getLocation().getColumnNr()));
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /// Reads a line.
  ///
  /// @param line one JSON object
  /// @param newId gives an id to an event that has none
  /// @return the event and where it belongs
  /// @throws MalformedLineException if it is not such an object, or a field is missing, unknown or
  ///   wrong
  public static Line parse(byte[] line, Supplier<Optional<UUID>> newId)
      throws MalformedLineException {
    var fields = new Fields();
    try (var parser = LINES.createParser(ObjectReadContext.empty(), line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedLineException("A line is one JSON object, this one is not");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        var name = parser.currentName();
        parser.nextToken();
        fields.take(name, parser, line);
      }
      if (parser.nextToken() != null) {
        throw new MalformedLineException("More follows behind the JSON object");
      }
    } catch (JacksonException e) {
      throw new MalformedLineException("It is not JSON: " + e.getOriginalMessage() + place(e));
    }
    return fields.line(newId);
  }

  /// What a line says.
  ///
  /// @param stream the stream to append to
  /// @param event what to append
  public record Line(StreamName stream, ProposedEvent event) {}

  private static final class Fields {
    private final HashSet<String> seen = new HashSet<>();
    private Optional<String> stream = Optional.empty();
    private Optional<String> type = Optional.empty();
    private Optional<String> id = Optional.empty();
    private Optional<String> contentType = Optional.empty();
    private List<Tag> tags = List.of();
    private Optional<byte[]> json = Optional.empty();
    private Optional<byte[]> base64 = Optional.empty();
    private Optional<byte[]> metadataJson = Optional.empty();
    private Optional<byte[]> metadataBase64 = Optional.empty();

    void take(String name, JsonParser parser, byte[] line) throws MalformedLineException {
      if (!seen.add(name)) {
        throw new MalformedLineException("Field \"%s\" is there twice".formatted(name));
      }
      switch (name) {
        case "stream" -> stream = Optional.of(text(name, parser));
        case "type" -> type = Optional.of(text(name, parser));
        case "id" -> id = Optional.of(text(name, parser));
        case "contentType" -> contentType = Optional.of(text(name, parser));
        case "tags" -> tags = tags(parser);
        case "data" -> json = Optional.of(raw(parser, line));
        case "dataBase64" -> base64 = Optional.of(decoded(name, parser));
        case "metadata" -> metadataJson = Optional.of(raw(parser, line));
        case "metadataBase64" -> metadataBase64 = Optional.of(decoded(name, parser));
        case "position", "revision", "recorded" -> parser.skipChildren();
        case "link" ->
            throw new MalformedLineException(
                "It was read through a link; export streams without resolving links");
        default ->
            throw new MalformedLineException(
                "Field \"%s\" is unknown; known are stream, type, id, contentType, data, dataBase64, metadata, metadataBase64, tags, and (ignored) position, revision, recorded"
                    .formatted(Printable.of(name)));
      }
    }

    Line line(Supplier<Optional<UUID>> newId) throws MalformedLineException {
      if (json.isPresent() && base64.isPresent()) {
        throw new MalformedLineException("It has data and dataBase64, where only one can be");
      }
      if (metadataJson.isPresent() && metadataBase64.isPresent()) {
        throw new MalformedLineException(
            "It has metadata and metadataBase64, where only one can be");
      }
      try {
        var event =
            new ProposedEvent(
                id(newId),
                required("type", type),
                contentType(),
                json.or(() -> base64).orElseGet(() -> new byte[0]),
                metadataJson.or(() -> metadataBase64).orElseGet(() -> new byte[0]),
                tags);
        return new Line(StreamName.of(required("stream", stream)), event);
      } catch (IllegalArgumentException e) {
        throw new MalformedLineException(String.valueOf(e.getMessage()));
      }
    }

    private UUID id(Supplier<Optional<UUID>> newId) throws MalformedLineException {
      if (id.isEmpty()) {
        var given = newId.get();
        if (given.isEmpty()) {
          throw new MalformedLineException("Field \"id\" is missing");
        }
        return given.get();
      }
      UUID uuid;
      try {
        uuid = UUID.fromString(id.get());
      } catch (IllegalArgumentException e) {
        throw new MalformedLineException(notAnId());
      }
      // The JDK also takes 1-1-1-1-1.
      if (!uuid.toString().equalsIgnoreCase(id.get())) {
        throw new MalformedLineException(notAnId());
      }
      return uuid;
    }

    private String notAnId() {
      return "Field \"id\" is a UUID, got \"%s\"".formatted(Printable.of(id.orElse("")));
    }

    private ContentType contentType() throws MalformedLineException {
      if (contentType.isEmpty()) {
        return json.isPresent() ? ContentType.JSON : ContentType.BINARY;
      }
      for (var known : ContentType.values()) {
        if (known.mediaType().equals(contentType.get())) {
          return known;
        }
      }
      throw new MalformedLineException(
          "Field \"contentType\" is application/json or application/octet-stream, got \"%s\""
              .formatted(Printable.of(contentType.get())));
    }

    private static String required(String name, Optional<String> value)
        throws MalformedLineException {
      return value.orElseThrow(
          () -> new MalformedLineException("Field \"%s\" is missing".formatted(name)));
    }

    private static String text(String name, JsonParser parser) throws MalformedLineException {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw new MalformedLineException("Field \"%s\" is a text".formatted(name));
      }
      return parser.getString();
    }

    private static List<Tag> tags(JsonParser parser) throws MalformedLineException {
      if (parser.currentToken() != JsonToken.START_ARRAY) {
        throw new MalformedLineException("Field \"tags\" is an array of texts");
      }
      var tags = new ArrayList<Tag>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        try {
          tags.add(Tag.of(text("tags", parser)));
        } catch (IllegalArgumentException e) {
          throw new MalformedLineException(String.valueOf(e.getMessage()));
        }
      }
      return tags;
    }

    private static byte[] decoded(String name, JsonParser parser) throws MalformedLineException {
      try {
        return Base64.getDecoder().decode(text(name, parser));
      } catch (IllegalArgumentException e) {
        throw new MalformedLineException(
            "Field \"%s\" is Base64: %s".formatted(name, e.getMessage()));
      }
    }

    /// The bytes of the value that the parser stands at.
    private static byte[] raw(JsonParser parser, byte[] line) {
      var start = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
      if (parser.currentToken().isStructStart()) {
        parser.skipChildren();
      }
      parser.finishToken();
      var end = Math.toIntExact(parser.currentLocation().getByteOffset());
      while (isBlank(line[end - 1])) {
        end--;
      }
      return Arrays.copyOfRange(line, start, end);
    }
  }
}
