// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.manystreams;

import com.google.protobuf.Value;
import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.protocol.messages.manystreams.AppendRecord;
import io.leftfold.protocol.messages.manystreams.SchemaFormat;
import io.leftfold.protocol.messages.manystreams.SchemaInfo;
import io.leftfold.server.node.MetadataTags;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What records and states are, in the words of the store.
///
/// The properties of a record become the metadata of an event: a JSON object, to which is added
/// what the schema says. So readers over any wire see both.
final class Records {

  static final int NO_STREAM = -1;
  static final int ANY = -2;
  static final int EXISTS = -4;
  static final int DELETED = -5;
  static final int TOMBSTONED = -6;

  private static final String SCHEMA_NAME = "$schema.name";
  private static final String SCHEMA_FORMAT = "$schema.format";
  private static final String SCHEMA_ID = "$schema.id";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /// What an event takes in memory beside its bytes, about.
  private static final int EVENT_BYTES = 256;

  /// Beyond it, not every whole number is a double.
  private static final double WHOLE_MAX = 1L << 53;

  private final Supplier<UUID> ids;
  private final long eventBytesMax;

  /// Makes events of records.
  ///
  /// @param ids for records without one
  /// @param eventBytesMax the largest event
  Records(Supplier<UUID> ids, long eventBytesMax) {
    this.ids = ids;
    this.eventBytesMax = eventBytesMax;
  }

  /// What an event counts for against the limits.
  static long sizeOf(ProposedEvent event) {
    return (long) event.data().length + event.metadata().length + utf8Length(event.type());
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /// What an event of a size takes in memory while it waits for the rest of its append.
  static long memoryOf(long size) {
    return size + EVENT_BYTES;
  }

  /// The name of a stream.
  ///
  /// @param field where it stands
  static StreamName stream(String name, String field) {
    try {
      return StreamName.of(name);
    } catch (IllegalArgumentException e) {
      throw new BadRequestException(field, text(e));
    }
  }

  /// What a writer believes of a stream that it writes.
  static ExpectedState expected(long number) {
    if (number < 0 && number != NO_STREAM && number != ANY && number != EXISTS) {
      throw new BadRequestException(
          "expected_revision",
          "An expected revision is 0 or more, -1 (no stream), -2 (any) or -4 (exists), got "
              + number);
    }
    return state(number);
  }

  /// What a check demands of a stream.
  ///
  /// @param field where it stands
  static ExpectedState checked(long number, String field) {
    if (number < TOMBSTONED || number == ANY || number == -3) {
      throw new BadRequestException(
          field,
          "The state of a check is a revision from 0, -1 (no stream), -4 (exists), -5 (deleted) or -6 (tombstoned), got "
              + number);
    }
    return state(number);
  }

  private static ExpectedState state(long number) {
    if (number >= 0) {
      return ExpectedState.atRevision(number);
    }
    return switch ((int) number) {
      case NO_STREAM -> ExpectedState.noStream();
      case EXISTS -> ExpectedState.streamExists();
      case DELETED -> ExpectedState.deleted();
      case TOMBSTONED -> ExpectedState.tombstoned();
      default -> ExpectedState.any();
    };
  }

  static long number(ExpectedState expected) {
    return switch (expected) {
      case ExpectedState.Any() -> ANY;
      case ExpectedState.NoStream() -> NO_STREAM;
      case ExpectedState.StreamExists() -> EXISTS;
      case ExpectedState.Deleted() -> DELETED;
      case ExpectedState.Tombstoned() -> TOMBSTONED;
      case ExpectedState.AtRevision(var revision) -> revision;
    };
  }

  static long number(StreamState actual) {
    return switch (actual) {
      case StreamState.Absent() -> NO_STREAM;
      case StreamState.Present(_, var last) -> last;
      case StreamState.Deleted(_) -> DELETED;
      case StreamState.Tombstoned() -> TOMBSTONED;
    };
  }

  /// The event that a record is.
  ///
  /// @param stream where it is to go
  /// @param field where the record stands
  /// @throws BadRequestException if it is none
  /// @throws RecordTooLargeException if it is too large
  ProposedEvent event(AppendRecord record, String stream, String field) {
    var id = record.hasRecordId() ? id(record.getRecordId(), field + ".record_id") : ids.get();
    var schema = record.getSchema();
    var format = format(schema, field + ".schema.format");
    if (schema.getName().isEmpty()) {
      throw new BadRequestException(
          field + ".schema.name",
          "A record has a schema name: the type of the event. None was sent");
    }
    var metadata = metadata(record.getPropertiesMap(), schema, format, field + ".properties");
    var type = schema.getName();
    var size = (long) record.getData().size() + metadata.length + utf8Length(type);
    if (size > eventBytesMax) {
      throw new RecordTooLargeException(
          stream, LimitExceededException.event(id, size, eventBytesMax));
    }
    try {
      return new ProposedEvent(
          id,
          type,
          schema.getFormat() == SchemaFormat.SCHEMA_FORMAT_JSON
              ? ContentType.JSON
              : ContentType.BINARY,
          record.getData().toByteArray(),
          metadata,
          MetadataTags.of(metadata));
    } catch (IllegalArgumentException e) {
      throw new BadRequestException(field, text(e));
    }
  }

  private static UUID id(String text, String field) {
    try {
      var id = UUID.fromString(text);
      if (id.toString().equalsIgnoreCase(text)) {
        return id;
      }
    } catch (IllegalArgumentException _) {
      // Said below.
    }
    var seen = text.length() <= 40 ? text : text.substring(0, 40) + "…";
    throw new BadRequestException(
        field, "The id of a record is a UUID, got \"%s\"".formatted(seen));
  }

  private static String format(SchemaInfo schema, String field) {
    return switch (schema.getFormat()) {
      case SCHEMA_FORMAT_JSON -> "Json";
      case SCHEMA_FORMAT_PROTOBUF -> "Protobuf";
      case SCHEMA_FORMAT_AVRO -> "Avro";
      case SCHEMA_FORMAT_BYTES -> "Bytes";
      case SCHEMA_FORMAT_UNSPECIFIED, UNRECOGNIZED ->
          throw new BadRequestException(
              field,
              "A record has a schema format: 1 (JSON), 2 (Protobuf), 3 (Avro) or 4 (bytes), got "
                  + schema.getFormatValue());
    };
  }

  /// What the schema says stands before a property of the same name: whoever copies events has read
  /// those properties, and is not to be refused for it.
  private static byte[] metadata(
      Map<String, Value> properties, SchemaInfo schema, String format, String field) {
    var object = object(properties, field);
    object.put(SCHEMA_NAME, schema.getName());
    object.put(SCHEMA_FORMAT, format);
    if (schema.hasId()) {
      object.put(SCHEMA_ID, schema.getId());
    }
    return JSON.writeValueAsBytes(object);
  }

  private static ObjectNode object(Map<String, Value> fields, String field) {
    var object = NODES.objectNode();
    fields.forEach((key, value) -> object.set(key, json(value, field)));
    return object;
  }

  private static JsonNode json(Value value, String field) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> NODES.stringNode(value.getStringValue());
      case BOOL_VALUE -> NODES.booleanNode(value.getBoolValue());
      case NUMBER_VALUE -> number(value.getNumberValue(), field);
      case STRUCT_VALUE -> object(value.getStructValue().getFieldsMap(), field);
      case LIST_VALUE -> {
        var array = NODES.arrayNode();
        value.getListValue().getValuesList().forEach(element -> array.add(json(element, field)));
        yield array;
      }
      case NULL_VALUE, KIND_NOT_SET -> NODES.nullNode();
    };
  }

  private static JsonNode number(double number, String field) {
    if (!Double.isFinite(number)) {
      throw new BadRequestException(field, "A property is JSON, which has no %s".formatted(number));
    }
    return number == Math.rint(number) && Math.abs(number) <= WHOLE_MAX
        ? NODES.numberNode((long) number)
        : NODES.numberNode(number);
  }

  private static String text(Exception error) {
    return String.valueOf(error.getMessage());
  }
}
