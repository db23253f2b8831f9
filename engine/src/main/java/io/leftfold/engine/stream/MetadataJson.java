// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.ContentType;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl;
import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Stream metadata as the JSON that stands in `$metadata` events.
///
/// Numbers that are not positive are ignored; what is not a JSON object, or has a value of the
/// wrong type, says nothing at all (KurrentDB reads it so too).
public final class MetadataJson {

  private static final JsonFactory JSON = new JsonFactory();

  private static final byte[] NOTHING = {'{', '}'};

  private static final String MAX_COUNT = "$maxCount";
  private static final String MAX_AGE = "$maxAge";
  private static final String TRUNCATE_BEFORE = "$tb";
  private static final String TEMPORARY = "$tmp";
  private static final String CACHE_CONTROL = "$cacheControl";
  private static final String ACL = "$acl";

  private static final Map<String, Acl.Action> ACTIONS =
      Map.of(
          "$r", Acl.Action.READ,
          "$w", Acl.Action.WRITE,
          "$d", Acl.Action.DELETE,
          "$mr", Acl.Action.READ_METADATA,
          "$mw", Acl.Action.WRITE_METADATA);

  private MetadataJson() {}

  /// The metadata that a soft delete leaves.
  static byte[] deleted() {
    return encode(StreamMetadata.none().withTruncateBefore(Long.MAX_VALUE));
  }

  /// The JSON object that says nothing.
  static byte[] nothing() {
    return NOTHING;
  }

  /// What an event of a metastream says, if it is metadata.
  static Optional<StreamMetadata> said(ContentType contentType, byte[] data) {
    return contentType == ContentType.JSON ? decoded(data) : Optional.empty();
  }

  /// The data of the last event of a metastream, if it is metadata; otherwise [#nothing()].
  static byte[] wellFormed(ContentType contentType, byte[] data) {
    return said(contentType, data).isPresent() ? data : NOTHING;
  }

  /// Reads metadata.
  static StreamMetadata decode(byte[] json) {
    return Arrays.equals(json, NOTHING)
        ? StreamMetadata.none()
        : decoded(json).orElse(StreamMetadata.none());
  }

  private static Optional<StreamMetadata> decoded(byte[] json) {
    try (var parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      return Optional.of(new Decoding(parser).metadata());
    } catch (JacksonException | WrongTypeException e) {
      return Optional.empty();
    }
  }

  /// The same JSON object with `$tb` set, where it stands or else at the end. The other members
  /// stay as they are.
  static byte[] withTruncateBefore(byte[] json, long revision) {
    var bytes = new ByteArrayOutputStream();
    try (var parser = JSON.createParser(ObjectReadContext.empty(), json);
        var copy = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      parser.nextToken();
      copy.writeStartObject();
      var isSet = false;
      for (var key = parser.nextName(); key != null; key = parser.nextName()) {
        parser.nextToken();
        if (key.equals(TRUNCATE_BEFORE)) {
          if (!isSet) {
            copy.writeNumberProperty(TRUNCATE_BEFORE, revision);
            isSet = true;
          }
        } else {
          copy.writeName(key);
          copy.copyCurrentStructureExact(parser);
        }
      }
      if (!isSet) {
        copy.writeNumberProperty(TRUNCATE_BEFORE, revision);
      }
      copy.writeEndObject();
    }
    return bytes.toByteArray();
  }

  /// Writes metadata: the store's keys first, then the application's in order.
  public static byte[] encode(StreamMetadata metadata) {
    var bytes = new ByteArrayOutputStream();
    try (var json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      metadata.maxCount().ifPresent(count -> json.writeNumberProperty(MAX_COUNT, count));
      metadata.maxAge().ifPresent(age -> json.writeNumberProperty(MAX_AGE, age.toSeconds()));
      metadata
          .truncateBefore()
          .ifPresent(revision -> json.writeNumberProperty(TRUNCATE_BEFORE, revision));
      if (metadata.temporary()) {
        json.writeBooleanProperty(TEMPORARY, true);
      }
      metadata
          .cacheControl()
          .ifPresent(age -> json.writeNumberProperty(CACHE_CONTROL, age.toSeconds()));
      metadata.acl().ifPresent(acl -> encode(json, acl));
      metadata
          .custom()
          .forEach((key, value) -> {
            json.writeName(key);
            writeValue(json, key, value);
          });
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void writeValue(JsonGenerator json, String key, String value) {
    try (var parser = JSON.createParser(ObjectReadContext.empty(), value)) {
      if (parser.nextToken() != null) {
        json.copyCurrentStructureExact(parser);
        if (parser.nextToken() == null) {
          return;
        }
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "The metadata \"%s\" is one JSON value, got %s".formatted(key, value), e);
    }
    throw new IllegalArgumentException(
        "The metadata \"%s\" is one JSON value, got \"%s\"".formatted(key, value));
  }

  private static void encode(JsonGenerator json, Acl acl) {
    json.writeName(ACL);
    json.writeStartObject();
    for (var action : Acl.Action.values()) {
      var who = acl.actions().get(action);
      if (who != null) {
        json.writeName(key(action));
        json.writeStartArray();
        who.forEach(json::writeString);
        json.writeEndArray();
      }
    }
    json.writeEndObject();
  }

  private static String key(Acl.Action action) {
    return switch (action) {
      case READ -> "$r";
      case WRITE -> "$w";
      case DELETE -> "$d";
      case READ_METADATA -> "$mr";
      case WRITE_METADATA -> "$mw";
    };
  }

  private static final class WrongTypeException extends Exception {
    private static final long serialVersionUID = 1;
  }

  /// One pass over the tokens of one object.
  private static final class Decoding {
    private final JsonParser parser;
    private OptionalLong maxCount = OptionalLong.empty();
    private Optional<Duration> maxAge = Optional.empty();
    private OptionalLong truncateBefore = OptionalLong.empty();
    private boolean temporary;
    private Optional<Duration> cacheControl = Optional.empty();
    private Optional<Acl> acl = Optional.empty();
    private final TreeMap<String, String> custom = new TreeMap<>();

    Decoding(JsonParser parser) {
      this.parser = parser;
    }

    StreamMetadata metadata() throws WrongTypeException {
      require(parser.nextToken() == JsonToken.START_OBJECT);
      for (var key = parser.nextName(); key != null; key = parser.nextName()) {
        parser.nextToken();
        take(key);
      }
      require(parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null);
      return new StreamMetadata(
          maxCount, maxAge, truncateBefore, temporary, cacheControl, acl, custom);
    }

    private void take(String key) throws WrongTypeException {
      switch (key) {
        case MAX_COUNT -> maxCount = positive();
        case MAX_AGE -> maxAge = seconds();
        case TRUNCATE_BEFORE -> {
          var revision = integer();
          truncateBefore = revision >= 0 ? OptionalLong.of(revision) : OptionalLong.empty();
        }
        case TEMPORARY -> temporary = bool();
        case CACHE_CONTROL -> cacheControl = seconds();
        case ACL -> acl = accessList();
        default -> {
          var value = raw();
          if (!key.startsWith("$")) {
            custom.put(key, value);
          }
        }
      }
    }

    private static void require(boolean holds) throws WrongTypeException {
      if (!holds) {
        throw new WrongTypeException();
      }
    }

    private long integer() throws WrongTypeException {
      require(parser.currentToken() == JsonToken.VALUE_NUMBER_INT);
      return parser.getLongValue();
    }

    private OptionalLong positive() throws WrongTypeException {
      var number = integer();
      return number > 0 ? OptionalLong.of(number) : OptionalLong.empty();
    }

    private Optional<Duration> seconds() throws WrongTypeException {
      var number = positive();
      return number.isPresent()
          ? Optional.of(Duration.ofSeconds(number.getAsLong()))
          : Optional.empty();
    }

    private boolean bool() throws WrongTypeException {
      require(
          parser.currentToken() == JsonToken.VALUE_TRUE
              || parser.currentToken() == JsonToken.VALUE_FALSE);
      return parser.currentToken() == JsonToken.VALUE_TRUE;
    }

    private Optional<Acl> accessList() throws WrongTypeException {
      if (parser.currentToken() == JsonToken.VALUE_NULL) {
        return Optional.empty();
      }
      require(parser.currentToken() == JsonToken.START_OBJECT);
      var actions = new EnumMap<Acl.Action, List<String>>(Acl.Action.class);
      for (var key = parser.nextName(); key != null; key = parser.nextName()) {
        parser.nextToken();
        var action = ACTIONS.get(key);
        var who = who();
        if (action != null && who != null) {
          actions.put(action, who);
        }
      }
      return Optional.of(new Acl(actions));
    }

    private @Nullable List<String> who() throws WrongTypeException {
      return switch (parser.currentToken()) {
        case VALUE_NULL -> null;
        case VALUE_STRING -> List.of(parser.getString());
        case START_ARRAY -> {
          var names = new ArrayList<String>();
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            require(parser.currentToken() == JsonToken.VALUE_STRING);
            names.add(parser.getString());
          }
          yield List.copyOf(names);
        }
        default -> throw new WrongTypeException();
      };
    }

    /// The value as it is, without white space.
    private String raw() {
      var text = new StringWriter();
      try (var copy = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
        copy.copyCurrentStructureExact(parser);
      }
      return text.toString();
    }
  }
}
