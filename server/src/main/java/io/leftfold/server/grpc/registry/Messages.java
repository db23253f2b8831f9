// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.registry;

import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import io.leftfold.protocol.messages.registry.RegisteredSchema;
import io.leftfold.protocol.messages.registry.SchemaCompatibilityError;
import io.leftfold.protocol.messages.registry.SchemaCompatibilityErrorKind;
import io.leftfold.protocol.messages.registry.SchemaDataFormat;
import io.leftfold.protocol.messages.registry.SchemaVersion;
import io.leftfold.protocol.messages.registry.UpdateSchemaRequest;
import io.leftfold.server.registry.BadSchemaException;
import io.leftfold.server.registry.DataFormat;
import io.leftfold.server.registry.Schema;
import io.leftfold.server.registry.SchemaDetails;
import io.leftfold.server.registry.SchemaName;
import io.leftfold.server.registry.SchemaUpdate;
import io.leftfold.server.registry.Schemas.Described;
import io.leftfold.server.registry.compatibility.CompatibilityMode;
import io.leftfold.server.registry.compatibility.Incompatibility;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Schemas as the wire says them.
final class Messages {

  private static final int PATHS_MAX = 20;
  private static final int ID_CHARS = 36;

  private Messages() {}

  // ---- what comes in

  static SchemaName name(String value) {
    return new SchemaName(value);
  }

  static UUID versionId(String value) {
    if (value.length() == ID_CHARS) {
      try {
        return UUID.fromString(value);
      } catch (IllegalArgumentException e) {
        // said below
      }
    }
    throw new BadSchemaException(
        "schema_version_id",
        "The id of a version is a UUID as text, got %d characters that are none"
            .formatted(value.length()));
  }

  static DataFormat format(SchemaDataFormat format, String field) {
    return switch (format) {
      case SCHEMA_DATA_FORMAT_JSON -> DataFormat.JSON;
      case SCHEMA_DATA_FORMAT_PROTOBUF -> DataFormat.PROTOBUF;
      case SCHEMA_DATA_FORMAT_AVRO -> DataFormat.AVRO;
      case SCHEMA_DATA_FORMAT_BYTES -> DataFormat.BYTES;
      case SCHEMA_DATA_FORMAT_UNSPECIFIED, UNRECOGNIZED ->
          throw new BadSchemaException(
              field, "A data format is JSON, PROTOBUF, AVRO or BYTES, got none of them");
    };
  }

  static CompatibilityMode mode(
      io.leftfold.protocol.messages.registry.CompatibilityMode mode, String field) {
    return switch (mode) {
      case COMPATIBILITY_MODE_BACKWARD -> CompatibilityMode.BACKWARD;
      case COMPATIBILITY_MODE_FORWARD -> CompatibilityMode.FORWARD;
      case COMPATIBILITY_MODE_FULL -> CompatibilityMode.FULL;
      case COMPATIBILITY_MODE_BACKWARD_ALL -> CompatibilityMode.BACKWARD_ALL;
      case COMPATIBILITY_MODE_FORWARD_ALL -> CompatibilityMode.FORWARD_ALL;
      case COMPATIBILITY_MODE_FULL_ALL -> CompatibilityMode.FULL_ALL;
      case COMPATIBILITY_MODE_NONE -> CompatibilityMode.NONE;
      case COMPATIBILITY_MODE_UNSPECIFIED, UNRECOGNIZED ->
          throw new BadSchemaException(
              field,
              "A compatibility mode is BACKWARD, FORWARD, FULL, one of these with _ALL, or NONE; got none of them");
    };
  }

  static SchemaDetails details(io.leftfold.protocol.messages.registry.SchemaDetails details) {
    return new SchemaDetails(
        format(details.getDataFormat(), "details.data_format"),
        mode(details.getCompatibility(), "details.compatibility"),
        details.getDescription(),
        details.getTagsMap());
  }

  static SchemaUpdate update(UpdateSchemaRequest request) {
    var paths =
        paths(
            request.getUpdateMask(),
            Set.of("description", "tags", "compatibility", "dataformat"),
            "details.description, details.tags and details.compatibility");
    var details = request.getDetails();
    return new SchemaUpdate(
        paths.contains("description") ? Optional.of(details.getDescription()) : Optional.empty(),
        paths.contains("tags") ? Optional.of(details.getTagsMap()) : Optional.empty(),
        paths.contains("compatibility")
            ? Optional.of(mode(details.getCompatibility(), "details.compatibility"))
            : Optional.empty(),
        paths.contains("dataformat"));
  }

  /// The fields of the details that a mask names, as clients write them: in whatever case, with `_`
  /// or without.
  static Set<String> paths(FieldMask mask, Set<String> known, String told) {
    var paths = new LinkedHashSet<String>();
    for (var path : mask.getPathsList()) {
      var plain = path.toLowerCase(Locale.ROOT).replace("_", "");
      var field = plain.startsWith("details.") ? plain.substring("details.".length()) : "";
      if (!known.contains(field) || mask.getPathsCount() > PATHS_MAX) {
        throw new BadSchemaException(
            "update_mask",
            "An update may name %s, got %d other paths or more than %d"
                .formatted(told, mask.getPathsCount(), PATHS_MAX));
      }
      paths.add(field);
    }
    return paths;
  }

  // ---- what goes out

  static Timestamp time(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }

  private static SchemaDataFormat format(DataFormat format) {
    return switch (format) {
      case JSON -> SchemaDataFormat.SCHEMA_DATA_FORMAT_JSON;
      case PROTOBUF -> SchemaDataFormat.SCHEMA_DATA_FORMAT_PROTOBUF;
      case AVRO -> SchemaDataFormat.SCHEMA_DATA_FORMAT_AVRO;
      case BYTES -> SchemaDataFormat.SCHEMA_DATA_FORMAT_BYTES;
    };
  }

  private static io.leftfold.protocol.messages.registry.CompatibilityMode mode(
      CompatibilityMode mode) {
    return io.leftfold.protocol.messages.registry.CompatibilityMode.valueOf(
        "COMPATIBILITY_MODE_" + mode.name());
  }

  static io.leftfold.protocol.messages.registry.Schema schema(Schema schema) {
    var details = schema.details();
    return io.leftfold.protocol.messages.registry.Schema.newBuilder()
        .setSchemaName(schema.name().value())
        .setDetails(
            io.leftfold.protocol.messages.registry.SchemaDetails.newBuilder()
                .setDataFormat(format(details.format()))
                .setCompatibility(mode(details.compatibility()))
                .setDescription(details.description())
                .putAllTags(details.tags()))
        .setLatestSchemaVersion(schema.latest().number())
        .setCreatedAt(time(schema.created()))
        .setUpdatedAt(time(schema.updated()))
        .build();
  }

  static SchemaVersion version(Described described) {
    var version = described.version();
    return SchemaVersion.newBuilder()
        .setSchemaVersionId(version.id().toString())
        .setVersionNumber(version.number())
        .setSchemaDefinition(ByteString.copyFrom(described.definition()))
        .setDataFormat(format(described.schema().details().format()))
        .setRegisteredAt(time(version.registered()))
        .build();
  }

  static RegisteredSchema registered(Described described) {
    var version = described.version();
    var details = described.schema().details();
    return RegisteredSchema.newBuilder()
        .setSchemaName(described.schema().name().value())
        .setSchemaVersionId(version.id().toString())
        .setVersionNumber(version.number())
        .setSchemaDefinition(ByteString.copyFrom(described.definition()))
        .setDataFormat(format(details.format()))
        .setCompatibility(mode(details.compatibility()))
        .putAllTags(details.tags())
        .setRegisteredAt(time(version.registered()))
        .build();
  }

  static List<SchemaCompatibilityError> found(List<Incompatibility> found) {
    return found.stream().map(Messages::found).toList();
  }

  private static SchemaCompatibilityError found(Incompatibility found) {
    var error =
        SchemaCompatibilityError.newBuilder()
            .setKind(
                SchemaCompatibilityErrorKind.valueOf(
                    "SCHEMA_COMPATIBILITY_ERROR_KIND_" + found.kind().name()))
            .setDetails(found.details());
    if (!found.path().isEmpty()) {
      error.setPropertyPath(found.path());
    }
    found.originalType().ifPresent(error::setOriginalType);
    found.newType().ifPresent(error::setNewType);
    return error.build();
  }
}
