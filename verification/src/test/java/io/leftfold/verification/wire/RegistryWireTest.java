// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.features.ServerFeaturesGrpc;
import io.leftfold.protocol.messages.registry.AutoRegistrationSettings;
import io.leftfold.protocol.messages.registry.BulkRegisterSchemasRequest;
import io.leftfold.protocol.messages.registry.CheckSchemaCompatibilityRequest;
import io.leftfold.protocol.messages.registry.CompatibilityMode;
import io.leftfold.protocol.messages.registry.CompatibilitySettings;
import io.leftfold.protocol.messages.registry.CreateSchemaGroupRequest;
import io.leftfold.protocol.messages.registry.CreateSchemaRequest;
import io.leftfold.protocol.messages.registry.CreateSchemaResponse;
import io.leftfold.protocol.messages.registry.DataFormatSettings;
import io.leftfold.protocol.messages.registry.DeleteSchemaGroupRequest;
import io.leftfold.protocol.messages.registry.DeleteSchemaRequest;
import io.leftfold.protocol.messages.registry.DeleteSchemaVersionsRequest;
import io.leftfold.protocol.messages.registry.GetSchemaGroupRequest;
import io.leftfold.protocol.messages.registry.GetSchemaRequest;
import io.leftfold.protocol.messages.registry.GetSchemaVersionByIdRequest;
import io.leftfold.protocol.messages.registry.GetSchemaVersionRequest;
import io.leftfold.protocol.messages.registry.ListRegisteredSchemasRequest;
import io.leftfold.protocol.messages.registry.ListSchemaGroupsRequest;
import io.leftfold.protocol.messages.registry.ListSchemaVersionsRequest;
import io.leftfold.protocol.messages.registry.ListSchemasRequest;
import io.leftfold.protocol.messages.registry.LookupSchemaNameRequest;
import io.leftfold.protocol.messages.registry.RegisterSchemaVersionRequest;
import io.leftfold.protocol.messages.registry.RegisterSchemaVersionResponse;
import io.leftfold.protocol.messages.registry.RegisteredSchema;
import io.leftfold.protocol.messages.registry.Schema;
import io.leftfold.protocol.messages.registry.SchemaCompatibilityError;
import io.leftfold.protocol.messages.registry.SchemaCompatibilityErrorKind;
import io.leftfold.protocol.messages.registry.SchemaDataFormat;
import io.leftfold.protocol.messages.registry.SchemaDetails;
import io.leftfold.protocol.messages.registry.SchemaGroupDetails;
import io.leftfold.protocol.messages.registry.SchemaRegistryServiceGrpc;
import io.leftfold.protocol.messages.registry.SchemaVersion;
import io.leftfold.protocol.messages.registry.StreamFilter;
import io.leftfold.protocol.messages.registry.StreamFilterSettings;
import io.leftfold.protocol.messages.registry.StreamFilterType;
import io.leftfold.protocol.messages.registry.UpdateSchemaGroupRequest;
import io.leftfold.protocol.messages.registry.UpdateSchemaRequest;
import io.leftfold.protocol.messages.registry.ValidationSettings;
import io.leftfold.protocol.messages.registry.errors.SchemaAlreadyExistsErrorDetails;
import io.leftfold.protocol.messages.registry.errors.SchemaDeletedErrorDetails;
import io.leftfold.protocol.messages.registry.errors.SchemaNotFoundErrorDetails;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// `SchemaRegistryService`: every method, and every way in which it refuses.
final class RegistryWireTest {

  private static final String NAME = "{\"properties\":{\"name\":{\"type\":\"string\"}}}";
  private static final String NAME_AND_CITY =
      "{\"properties\":{\"name\":{\"type\":\"string\"},\"city\":{\"type\":\"string\"}}}";
  private static final String NAME_AS_NUMBER = "{\"properties\":{\"name\":{\"type\":\"integer\"}}}";
  private static final UUID NOBODYS = UUID.fromString("4c9d25a1-2f1c-4f4c-9b4c-4a0f4d6a7c10");

  private TestServer server = TestServer.inMemory();
  private Wire wire = Wire.to(server);

  @AfterEach
  void close() {
    wire.close();
    server.close();
  }

  // ---- asking

  private SchemaRegistryServiceGrpc.SchemaRegistryServiceBlockingStub registry() {
    return SchemaRegistryServiceGrpc.newBlockingStub(wire.channel()).withDeadlineAfter(Await.LIMIT);
  }

  private static SchemaDetails.Builder json(CompatibilityMode mode) {
    return SchemaDetails.newBuilder()
        .setDataFormat(SchemaDataFormat.SCHEMA_DATA_FORMAT_JSON)
        .setCompatibility(mode);
  }

  private CreateSchemaResponse create(
      String name, SchemaDetails.Builder details, String definition) {
    return registry()
        .createSchema(
            CreateSchemaRequest.newBuilder()
                .setSchemaName(name)
                .setDetails(details)
                .setSchemaDefinition(ByteString.copyFromUtf8(definition))
                .build());
  }

  private CreateSchemaResponse create(String name, CompatibilityMode mode) {
    return create(name, json(mode), NAME);
  }

  private CreateSchemaResponse create(String name) {
    return create(name, CompatibilityMode.COMPATIBILITY_MODE_NONE);
  }

  private RegisterSchemaVersionResponse register(String name, String definition) {
    return registry()
        .registerSchemaVersion(
            RegisterSchemaVersionRequest.newBuilder()
                .setSchemaName(name)
                .setSchemaDefinition(ByteString.copyFromUtf8(definition))
                .build());
  }

  private Schema schema(String name) {
    return registry()
        .getSchema(GetSchemaRequest.newBuilder().setSchemaName(name).build())
        .getSchema();
  }

  private SchemaVersion latest(String name) {
    return registry()
        .getSchemaVersion(GetSchemaVersionRequest.newBuilder().setSchemaName(name).build())
        .getVersion();
  }

  private void update(String name, SchemaDetails.Builder details, String... paths) {
    var _ =
        registry()
            .updateSchema(
                UpdateSchemaRequest.newBuilder()
                    .setSchemaName(name)
                    .setDetails(details)
                    .setUpdateMask(FieldMask.newBuilder().addAllPaths(List.of(paths)))
                    .build());
  }

  private void delete(String name) {
    var _ = registry().deleteSchema(DeleteSchemaRequest.newBuilder().setSchemaName(name).build());
  }

  private void deleteVersions(String name, Integer... versions) {
    var answer =
        registry()
            .deleteSchemaVersions(
                DeleteSchemaVersionsRequest.newBuilder()
                    .setSchemaName(name)
                    .addAllVersions(List.of(versions))
                    .build());
    assertThat(answer.getErrorsList()).isEmpty();
  }

  private List<Integer> versions(String name) {
    return registry()
        .listSchemaVersions(ListSchemaVersionsRequest.newBuilder().setSchemaName(name).build())
        .getVersionsList()
        .stream()
        .map(SchemaVersion::getVersionNumber)
        .toList();
  }

  private List<String> names(String prefix, Map<String, String> tags) {
    return registry()
        .listSchemas(
            ListSchemasRequest.newBuilder()
                .setSchemaNamePrefix(prefix)
                .putAllSchemaTags(tags)
                .build())
        .getSchemasList()
        .stream()
        .map(Schema::getSchemaName)
        .toList();
  }

  private static CheckSchemaCompatibilityRequest.Builder checking(String definition) {
    return CheckSchemaCompatibilityRequest.newBuilder()
        .setDataFormat(SchemaDataFormat.SCHEMA_DATA_FORMAT_JSON)
        .setDefinition(ByteString.copyFromUtf8(definition));
  }

  // ---- refusals

  private static <M extends Message> M refused(
      Runnable call, Status.Code code, String reason, String domain, Class<M> type) {
    var details = refused(call, code, reason, domain);
    assertThat(details).hasSize(2);
    try {
      return details.getLast().unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Any> refused(Runnable call, Status.Code code, String reason, String domain) {
    var refusal = Wire.refusal(call);
    assertThat(refusal.getStatus().getCode()).as("%s", refusal).isEqualTo(code);
    var status = Objects.requireNonNull(StatusProto.fromThrowable(refusal));
    assertThat(status.getCode()).isEqualTo(code.value());
    assertThat(status.getMessage()).isEqualTo(refusal.getStatus().getDescription()).isNotEmpty();
    try {
      var info = status.getDetails(0).unpack(ErrorInfo.class);
      assertThat(info.getReason()).isEqualTo(reason);
      assertThat(info.getDomain()).isEqualTo(domain);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return status.getDetailsList();
  }

  private static void notFound(Runnable call, String schema) {
    assertThat(
            refused(
                    call,
                    Status.Code.NOT_FOUND,
                    "SCHEMA_NOT_FOUND",
                    "registry",
                    SchemaNotFoundErrorDetails.class)
                .getSchema())
        .isEqualTo(schema);
  }

  private static void deleted(Runnable call, String schema) {
    assertThat(
            refused(
                    call,
                    Status.Code.FAILED_PRECONDITION,
                    "SCHEMA_DELETED",
                    "registry",
                    SchemaDeletedErrorDetails.class)
                .getSchema())
        .isEqualTo(schema);
  }

  private static List<PreconditionFailure.Violation> stands(Runnable call, String reason) {
    return refused(
            call, Status.Code.FAILED_PRECONDITION, reason, "registry", PreconditionFailure.class)
        .getViolationsList();
  }

  private static void bad(Runnable call, String field) {
    var bad =
        refused(call, Status.Code.INVALID_ARGUMENT, "BAD_REQUEST", "server", BadRequest.class);
    assertThat(bad.getFieldViolationsList())
        .singleElement()
        .satisfies(violation -> assertThat(violation.getField()).isEqualTo(field));
  }

  // ---- a schema's life

  @Test
  void a_schema_is_as_it_was_made() {
    var details =
        json(CompatibilityMode.COMPATIBILITY_MODE_BACKWARD)
            .setDescription("who lives where")
            .putTags("team", "a")
            .putTags("pii", "yes");

    var created = create("Person.v-1:é", details, NAME);

    assertThat(created.getVersionNumber()).isEqualTo(1);
    assertThat(UUID.fromString(created.getSchemaVersionId()).version()).isEqualTo(4);
    var schema = schema("Person.v-1:é");
    assertThat(schema.getSchemaName()).isEqualTo("Person.v-1:é");
    assertThat(schema.getDetails()).isEqualTo(details.build());
    assertThat(schema.getLatestSchemaVersion()).isEqualTo(1);
    assertThat(Timestamps.toMillis(schema.getCreatedAt())).isPositive();
    assertThat(schema.getUpdatedAt()).isEqualTo(schema.getCreatedAt());
    assertThat(latest("Person.v-1:é"))
        .isEqualTo(
            SchemaVersion.newBuilder()
                .setSchemaVersionId(created.getSchemaVersionId())
                .setVersionNumber(1)
                .setSchemaDefinition(ByteString.copyFromUtf8(NAME))
                .setDataFormat(SchemaDataFormat.SCHEMA_DATA_FORMAT_JSON)
                .setRegisteredAt(schema.getCreatedAt())
                .build());
  }

  @Test
  void versions_are_counted_from_one_and_found_by_number_and_id() {
    var first = create("a").getSchemaVersionId();
    var second = register("a", NAME_AND_CITY);
    var third = register("a", NAME_AS_NUMBER);

    assertThat(second.getVersionNumber()).isEqualTo(2);
    assertThat(third.getVersionNumber()).isEqualTo(3);
    assertThat(versions("a")).containsExactly(1, 2, 3);
    assertThat(schema("a").getLatestSchemaVersion()).isEqualTo(3);
    assertThat(latest("a").getSchemaVersionId()).isEqualTo(third.getSchemaVersionId());
    var byNumber =
        registry()
            .getSchemaVersion(
                GetSchemaVersionRequest.newBuilder().setSchemaName("a").setVersionNumber(2).build())
            .getVersion();
    assertThat(byNumber.getSchemaDefinition().toStringUtf8()).isEqualTo(NAME_AND_CITY);
    assertThat(versionById(second.getSchemaVersionId())).isEqualTo(byNumber);
    assertThat(versionById(first).getVersionNumber()).isEqualTo(1);
    assertThat(lookup(first.toUpperCase(Locale.ROOT))).isEqualTo("a");
    var with =
        registry()
            .listSchemaVersions(
                ListSchemaVersionsRequest.newBuilder()
                    .setSchemaName("a")
                    .setIncludeDefinition(true)
                    .build())
            .getVersionsList();
    assertThat(with)
        .extracting(version -> version.getSchemaDefinition().toStringUtf8())
        .containsExactly(NAME, NAME_AND_CITY, NAME_AS_NUMBER);
  }

  private SchemaVersion versionById(String id) {
    return registry()
        .getSchemaVersionById(
            GetSchemaVersionByIdRequest.newBuilder().setSchemaVersionId(id).build())
        .getVersion();
  }

  private String lookup(String id) {
    return registry()
        .lookupSchemaName(LookupSchemaNameRequest.newBuilder().setSchemaVersionId(id).build())
        .getSchemaName();
  }

  @Test
  void a_definition_that_is_no_text_comes_back_byte_for_byte() {
    var bytes = ByteString.copyFrom(new byte[] {0, (byte) 0xff, 1, (byte) 0xc3});
    registry()
        .createSchema(
            CreateSchemaRequest.newBuilder()
                .setSchemaName("a")
                .setDetails(
                    json(CompatibilityMode.COMPATIBILITY_MODE_NONE)
                        .setDataFormat(SchemaDataFormat.SCHEMA_DATA_FORMAT_BYTES))
                .setSchemaDefinition(bytes)
                .build());

    assertThat(latest("a").getSchemaDefinition()).isEqualTo(bytes);
    assertThat(latest("a").getDataFormat()).isEqualTo(SchemaDataFormat.SCHEMA_DATA_FORMAT_BYTES);
  }

  @Test
  void an_update_changes_what_its_mask_names() {
    create(
        "a",
        json(CompatibilityMode.COMPATIBILITY_MODE_NONE).setDescription("old").putTags("k", "old"),
        NAME);
    var wanted =
        json(CompatibilityMode.COMPATIBILITY_MODE_FULL).setDescription("new").putTags("l", "new");

    update("a", wanted, "details.description");
    assertThat(schema("a").getDetails())
        .isEqualTo(
            json(CompatibilityMode.COMPATIBILITY_MODE_NONE)
                .setDescription("new")
                .putTags("k", "old")
                .build());
    update("a", wanted, "Details.Tags", "details.compatibility");
    assertThat(schema("a").getDetails()).isEqualTo(wanted.build());
    assertThat(Timestamps.compare(schema("a").getUpdatedAt(), schema("a").getCreatedAt()))
        .isNotNegative();
  }

  @Test
  void an_update_that_says_nothing_new_or_makes_no_sense_is_refused() {
    create("a", json(CompatibilityMode.COMPATIBILITY_MODE_NONE).setDescription("d"), NAME);
    var same = json(CompatibilityMode.COMPATIBILITY_MODE_NONE).setDescription("d");

    for (var path : List.of("details.description", "details.tags", "details.compatibility")) {
      stands(() -> update("a", same, path), "SCHEMA_UNCHANGED");
    }
    stands(() -> update("a", same, "details.data_format"), "DATA_FORMAT_IMMUTABLE");
    bad(() -> update("a", same), "update_mask");
    bad(() -> update("a", same, "details.unknown"), "update_mask");
    bad(() -> update("a", same, "description"), "update_mask");
    bad(
        () -> update("a", SchemaDetails.newBuilder(), "details.compatibility"),
        "details.compatibility");
    assertThat(schema("a").getUpdatedAt()).isEqualTo(schema("a").getCreatedAt());
  }

  @Test
  void a_deleted_schema_is_gone_and_its_name_is_not_given_again() {
    var id = create("a").getSchemaVersionId();
    delete("a");

    notFound(() -> schema("a"), "a");
    notFound(() -> latest("a"), "a");
    notFound(() -> versions("a"), "a");
    notFound(() -> lookup(id), id);
    notFound(() -> versionById(id), id);
    assertThat(names("", Map.of())).isEmpty();
    deleted(() -> create("a"), "a");
    deleted(() -> register("a", NAME_AND_CITY), "a");
    deleted(() -> update("a", SchemaDetails.newBuilder(), "details.tags"), "a");
    deleted(() -> deleteVersions("a", 1), "a");
    deleted(() -> delete("a"), "a");
  }

  @Test
  void what_is_not_there_is_not_found() {
    create("a");
    var id = NOBODYS.toString();

    notFound(() -> schema("b"), "b");
    notFound(() -> latest("b"), "b");
    notFound(() -> versions("b"), "b");
    notFound(() -> register("b", NAME), "b");
    notFound(() -> update("b", SchemaDetails.newBuilder(), "details.tags"), "b");
    notFound(() -> deleteVersions("b", 1), "b");
    notFound(() -> delete("b"), "b");
    notFound(() -> lookup(id), id);
    notFound(() -> versionById(id), id);
    notFound(
        () -> registry().checkSchemaCompatibility(checking(NAME).setSchemaName("b").build()), "b");
    notFound(
        () -> registry().checkSchemaCompatibility(checking(NAME).setSchemaVersionId(id).build()),
        id);
    notFound(
        () ->
            registry()
                .getSchemaVersion(
                    GetSchemaVersionRequest.newBuilder()
                        .setSchemaName("a")
                        .setVersionNumber(2)
                        .build()),
        "a");
  }

  @Test
  void what_is_there_is_not_made_again() {
    create("a");

    assertThat(
            refused(
                    () -> create("a"),
                    Status.Code.ALREADY_EXISTS,
                    "SCHEMA_ALREADY_EXISTS",
                    "registry",
                    SchemaAlreadyExistsErrorDetails.class)
                .getSchema())
        .isEqualTo("a");
  }

  /// As KurrentDB has it. Whoever repeats a call is told what came of it.
  @Test
  void the_definition_of_the_latest_version_is_not_registered_again() {
    var id = create("a").getSchemaVersionId();

    assertThat(stands(() -> register("a", NAME), "SCHEMA_UNCHANGED")).hasSize(1);
    assertThat(Wire.text(Wire.refusal(() -> register("a", NAME)))).contains("version 1", id);
    register("a", NAME_AND_CITY);
    assertThat(register("a", NAME).getVersionNumber()).isEqualTo(3);
  }

  // ---- lists

  @Test
  void schemas_are_listed_by_prefix_and_tags() {
    var none = CompatibilityMode.COMPATIBILITY_MODE_NONE;
    create("order.placed", json(none).putTags("team", "a").putTags("pii", "no"), NAME);
    create("order.paid", json(none).putTags("team", "a"), NAME);
    create("person", json(none).putTags("team", "b"), NAME);
    delete("person");
    create("order", json(none), NAME);

    assertThat(names("", Map.of())).containsExactly("order", "order.paid", "order.placed");
    assertThat(names("order.", Map.of())).containsExactly("order.paid", "order.placed");
    assertThat(names("order", Map.of("team", "a", "pii", "no"))).containsExactly("order.placed");
    assertThat(names("", Map.of("team", "b"))).isEmpty();
    assertThat(names("o$%*", Map.of())).isEmpty();
  }

  @Test
  void registered_schemas_are_the_latest_versions() {
    var first =
        create("a", json(CompatibilityMode.COMPATIBILITY_MODE_NONE).putTags("k", "v"), NAME);
    var second = register("a", NAME_AND_CITY);
    create("b");

    var all =
        registry()
            .listRegisteredSchemas(
                ListRegisteredSchemasRequest.newBuilder().setIncludeDefinition(true).build())
            .getSchemasList();
    var byId = ListRegisteredSchemasRequest.newBuilder();

    assertThat(all).extracting(RegisteredSchema::getSchemaName).containsExactly("a", "b");
    assertThat(all.getFirst())
        .isEqualTo(
            RegisteredSchema.newBuilder()
                .setSchemaName("a")
                .setSchemaVersionId(second.getSchemaVersionId())
                .setVersionNumber(2)
                .setSchemaDefinition(ByteString.copyFromUtf8(NAME_AND_CITY))
                .setDataFormat(SchemaDataFormat.SCHEMA_DATA_FORMAT_JSON)
                .setCompatibility(CompatibilityMode.COMPATIBILITY_MODE_NONE)
                .putTags("k", "v")
                .setRegisteredAt(latest("a").getRegisteredAt())
                .build());
    assertThat(registered(byId.setSchemaVersionId(second.getSchemaVersionId())))
        .containsExactly("a");
    assertThat(registered(byId.putSchemaTags("k", "w"))).isEmpty();
    assertThat(registered(byId.clearSchemaTags().setSchemaNamePrefix("b"))).isEmpty();
    assertThat(
            registered(
                ListRegisteredSchemasRequest.newBuilder()
                    .setSchemaVersionId(first.getSchemaVersionId())))
        .isEmpty();
  }

  private List<String> registered(ListRegisteredSchemasRequest.Builder request) {
    return registry().listRegisteredSchemas(request.build()).getSchemasList().stream()
        .peek(schema -> assertThat(schema.getSchemaDefinition()).isEmpty())
        .map(RegisteredSchema::getSchemaName)
        .toList();
  }

  @Test
  void more_than_fits_in_an_answer_is_refused() {
    var large = " ".repeat((1 << 20) - NAME.length()) + NAME;
    IntStream.range(0, 17)
        .forEach(i -> create("a" + i, json(CompatibilityMode.COMPATIBILITY_MODE_NONE), large));

    assertThat(
            refused(
                () ->
                    registry()
                        .listRegisteredSchemas(
                            ListRegisteredSchemasRequest.newBuilder()
                                .setIncludeDefinition(true)
                                .build()),
                Status.Code.RESOURCE_EXHAUSTED,
                "ANSWER_TOO_LARGE",
                "registry"))
        .hasSize(1);
    assertThat(names("", Map.of())).hasSize(17);
  }

  // ---- what fits

  @Test
  void what_does_not_fit_is_not_registered_and_the_refusal_says_where() {
    create("a", CompatibilityMode.COMPATIBILITY_MODE_BACKWARD);

    var found = stands(() -> register("a", NAME_AS_NUMBER), "SCHEMA_INCOMPATIBLE");

    assertThat(found)
        .extracting(
            PreconditionFailure.Violation::getType, PreconditionFailure.Violation::getSubject)
        .containsExactly(tuple("INCOMPATIBLE_TYPE_CHANGE", "#/name"));
    assertThat(versions("a")).containsExactly(1);
    assertThat(register("a", NAME_AND_CITY).getVersionNumber()).isEqualTo(2);
  }

  /// The first version has a city that is a number, the second none, the third one that is text.
  @ParameterizedTest
  @CsvSource({
    "BACKWARD, true",
    "FORWARD, true",
    "FULL, true",
    "NONE, true",
    "BACKWARD_ALL, false",
    "FORWARD_ALL, false",
    "FULL_ALL, false"
  })
  void with_all_every_version_counts(String mode, boolean fits) {
    var first =
        NAME_AND_CITY.replace("\"city\":{\"type\":\"string\"}", "\"city\":{\"type\":\"number\"}");
    create("a", json(CompatibilityMode.valueOf("COMPATIBILITY_MODE_" + mode)), first);
    register("a", NAME);

    var answer =
        registry().checkSchemaCompatibility(checking(NAME_AND_CITY).setSchemaName("a").build());

    assertThat(answer.hasSuccess()).isEqualTo(fits);
    if (fits) {
      assertThat(answer.getSuccess().getSchemaVersionId())
          .isEqualTo(latest("a").getSchemaVersionId());
      register("a", NAME_AND_CITY);
    } else {
      assertThat(answer.getFailure().getErrorsList())
          .containsExactly(
              SchemaCompatibilityError.newBuilder()
                  .setKind(
                      SchemaCompatibilityErrorKind
                          .SCHEMA_COMPATIBILITY_ERROR_KIND_INCOMPATIBLE_TYPE_CHANGE)
                  .setDetails("It was of type number and is of type string")
                  .setPropertyPath("#/city")
                  .setOriginalType("number")
                  .setNewType("string")
                  .build());
      stands(() -> register("a", NAME_AND_CITY), "SCHEMA_INCOMPATIBLE");
    }
  }

  @Test
  void a_definition_is_compared_with_the_schema_that_has_a_version() {
    var first = create("a", CompatibilityMode.COMPATIBILITY_MODE_BACKWARD).getSchemaVersionId();
    var second = register("a", NAME_AND_CITY).getSchemaVersionId();

    var answer =
        registry().checkSchemaCompatibility(checking(NAME).setSchemaVersionId(first).build());

    assertThat(answer.getSuccess().getSchemaVersionId()).isEqualTo(second);
  }

  @Test
  void another_format_does_not_fit() {
    create("a", CompatibilityMode.COMPATIBILITY_MODE_BACKWARD);

    var answer =
        registry()
            .checkSchemaCompatibility(
                checking("message A {}")
                    .setDataFormat(SchemaDataFormat.SCHEMA_DATA_FORMAT_PROTOBUF)
                    .setSchemaName("a")
                    .build());

    assertThat(answer.getFailure().getErrorsList())
        .singleElement()
        .satisfies(error -> {
          assertThat(error.getKind())
              .isEqualTo(
                  SchemaCompatibilityErrorKind
                      .SCHEMA_COMPATIBILITY_ERROR_KIND_DATA_FORMAT_MISMATCH);
          assertThat(error.hasPropertyPath()).isFalse();
          assertThat(error.getOriginalType()).isEqualTo("JSON");
          assertThat(error.getNewType()).isEqualTo("PROTOBUF");
        });
  }

  @Test
  void what_is_not_json_has_versions_only_where_nothing_is_promised() {
    var avro =
        json(CompatibilityMode.COMPATIBILITY_MODE_BACKWARD)
            .setDataFormat(SchemaDataFormat.SCHEMA_DATA_FORMAT_AVRO);
    create("a", avro, "avro 1");

    stands(() -> register("a", "avro 2"), "SCHEMA_INCOMPATIBLE");
    update("a", json(CompatibilityMode.COMPATIBILITY_MODE_NONE), "details.compatibility");
    assertThat(register("a", "avro 2").getVersionNumber()).isEqualTo(2);
    stands(
        () -> update("a", json(CompatibilityMode.COMPATIBILITY_MODE_FULL), "details.compatibility"),
        "SCHEMA_INCOMPATIBLE");
  }

  /// Three versions, the second of which fits neither of the others.
  @ParameterizedTest
  @EnumSource(
      value = CompatibilityMode.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"COMPATIBILITY_MODE_UNSPECIFIED", "COMPATIBILITY_MODE_NONE", "UNRECOGNIZED"})
  void a_mode_is_not_taken_that_does_not_hold_of_what_is_there(CompatibilityMode mode) {
    create("a");
    register("a", NAME_AS_NUMBER);
    register("a", NAME_AND_CITY);

    stands(() -> update("a", json(mode), "details.compatibility"), "SCHEMA_INCOMPATIBLE");
    deleteVersions("a", 2);
    update("a", json(mode), "details.compatibility");
    assertThat(schema("a").getDetails().getCompatibility()).isEqualTo(mode);
  }

  // ---- deleting versions

  @Test
  void numbers_are_not_given_again() {
    create("a");
    var second = register("a", NAME_AND_CITY).getSchemaVersionId();

    deleteVersions("a", 2, 2);

    assertThat(versions("a")).containsExactly(1);
    assertThat(schema("a").getLatestSchemaVersion()).isEqualTo(1);
    notFound(() -> versionById(second), second);
    assertThat(register("a", NAME_AND_CITY).getVersionNumber()).isEqualTo(3);
  }

  @Test
  void versions_that_are_needed_stay_all_of_them() {
    create("a");
    register("a", NAME_AND_CITY);

    stands(() -> deleteVersions("a", 1, 2), "SCHEMA_VERSIONS_NEEDED");
    stands(() -> deleteVersions("a", 1, 7), "SCHEMA_VERSIONS_MISSING");
    bad(() -> deleteVersions("a"), "versions");
    assertThat(versions("a")).containsExactly(1, 2);
  }

  /// Of three that fit each other: which may go, one at a time.
  @ParameterizedTest
  @CsvSource({
    "NONE, 1 2 3",
    "BACKWARD_ALL, 1 2 3",
    "FORWARD_ALL, 1 2 3",
    "FULL_ALL, 1 2 3",
    "BACKWARD, 1 2",
    "FORWARD, ''",
    "FULL, ''"
  })
  void by_the_mode_some_versions_may_go(String mode, String may) {
    var gone = new ArrayList<String>();
    for (var number = 1; number <= 3; number++) {
      var name = "a" + number;
      create(name, CompatibilityMode.valueOf("COMPATIBILITY_MODE_" + mode));
      register(name, NAME_AND_CITY);
      register(name, NAME_AND_CITY.replace("city", "town"));
      try {
        deleteVersions(name, number);
        gone.add(Integer.toString(number));
      } catch (StatusRuntimeException refused) {
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
      }
    }
    assertThat(String.join(" ", gone)).isEqualTo(may);
  }

  @Test
  void a_version_between_two_that_do_not_fit_is_needed() {
    create("a", json(CompatibilityMode.COMPATIBILITY_MODE_BACKWARD), NAME_AND_CITY);
    register("a", NAME);
    register(
        "a",
        NAME_AND_CITY.replace("\"city\":{\"type\":\"string\"}", "\"city\":{\"type\":\"number\"}"));

    assertThat(stands(() -> deleteVersions("a", 2), "SCHEMA_VERSIONS_NEEDED"))
        .extracting(PreconditionFailure.Violation::getSubject)
        .containsExactly("#/city");
    deleteVersions("a", 1, 2);
    assertThat(versions("a")).containsExactly(3);
  }

  // ---- what makes no sense

  @Test
  void what_is_no_name_is_refused_everywhere() {
    for (var name :
        List.of("", "a b", "a/b", "a\nb", "a%", "cafe\u0301", "x\u0000", "🙂", "a".repeat(201))) {
      bad(() -> create(name), "schema_name");
      bad(() -> register(name, NAME), "schema_name");
      bad(() -> update(name, SchemaDetails.newBuilder(), "details.tags"), "schema_name");
      bad(() -> delete(name), "schema_name");
      bad(() -> deleteVersions(name, 1), "schema_name");
      bad(() -> schema(name), "schema_name");
      bad(() -> latest(name), "schema_name");
      bad(() -> versions(name), "schema_name");
      bad(
          () -> registry().checkSchemaCompatibility(checking(NAME).setSchemaName(name).build()),
          "schema_name");
    }
    assertThat(streams()).isEmpty();
  }

  /// Where the registry keeps anything.
  private List<String> streams() {
    return server.store().streams(ListOptions.all().withPrefix("$schema")).stream()
        .map(stream -> stream.name().value())
        .toList();
  }

  @Test
  void no_name_is_another_stream() {
    for (var name : List.of("$users", "$$a", "$ce-a", "-", "..", "$", "$metadata")) {
      create(name);
      assertThat(schema(name).getSchemaName()).isEqualTo(name);
      assertThat(
              server
                  .store()
                  .read(StreamName.of("$schemas-" + name), ReadOptions.forwards())
                  .events())
          .hasSize(1);
    }
    assertThat(names("", Map.of())).hasSize(7);
    create("a".repeat(200));
    create("ä".repeat(200));
    notFound(() -> schema("é".repeat(200)), "é".repeat(200));
  }

  @Test
  void details_that_make_no_sense_are_refused() {
    var none = CompatibilityMode.COMPATIBILITY_MODE_NONE;
    bad(
        () -> create("a", SchemaDetails.newBuilder().setCompatibility(none), NAME),
        "details.data_format");
    bad(() -> create("a", json(none).setDataFormatValue(99), NAME), "details.data_format");
    bad(
        () -> create("a", json(CompatibilityMode.COMPATIBILITY_MODE_UNSPECIFIED), NAME),
        "details.compatibility");
    bad(() -> create("a", json(none).setCompatibilityValue(99), NAME), "details.compatibility");
    bad(
        () -> create("a", json(none).setDescription("x".repeat(10_001)), NAME),
        "details.description");
    bad(() -> create("a", json(none).putTags("", "x"), NAME), "details.tags");
    bad(() -> create("a", json(none).putTags("x", "y".repeat(1_001)), NAME), "details.tags");
    var many = IntStream.range(0, 101).boxed().collect(toMap(i -> "k" + i, i -> "v" + i));
    bad(() -> create("a", json(none).putAllTags(many), NAME), "details.tags");
    assertThat(streams()).isEmpty();
  }

  @Test
  void definitions_that_mean_harm_are_refused() {
    var none = json(CompatibilityMode.COMPATIBILITY_MODE_NONE);
    create("there");
    for (var definition :
        List.of(
            "",
            "nonsense",
            "[]",
            "{\"a\":1,\"a\":2}",
            "{\"a\":".repeat(150_000),
            "{\"a\":".repeat(101) + "1" + "}".repeat(101),
            " ".repeat(1 << 20) + "{}")) {
      bad(() -> create("a", none, definition), "schema_definition");
      bad(() -> register("there", definition), "schema_definition");
      bad(
          () ->
              registry()
                  .checkSchemaCompatibility(checking(definition).setSchemaName("there").build()),
          "definition");
    }
    bad(() -> create("a", none, " ".repeat(3 << 20)), "schema_definition");
    assertThat(streams()).containsExactly("$schemas-there");
    assertThat(versions("there")).containsExactly(1);
  }

  @Test
  void ids_and_numbers_that_make_no_sense_are_refused() {
    for (var id : List.of("", "1-1-1-1-1", "x".repeat(36), "x".repeat(100_000))) {
      bad(() -> lookup(id), "schema_version_id");
      bad(() -> versionById(id), "schema_version_id");
      bad(
          () -> registry().checkSchemaCompatibility(checking(NAME).setSchemaVersionId(id).build()),
          "schema_version_id");
    }
    bad(() -> registry().checkSchemaCompatibility(checking(NAME).build()), "schema_identifier");
    create("a");
    bad(
        () ->
            registry()
                .checkSchemaCompatibility(
                    checking(NAME)
                        .setSchemaName("a")
                        .setDataFormat(SchemaDataFormat.SCHEMA_DATA_FORMAT_UNSPECIFIED)
                        .build()),
        "data_format");
    bad(
        () ->
            registry()
                .getSchemaVersion(
                    GetSchemaVersionRequest.newBuilder()
                        .setSchemaName("a")
                        .setVersionNumber(0)
                        .build()),
        "version_number");
  }

  /// Somebody who knows an id writes it into events of their own, and strays into a schema's
  /// stream.
  @Test
  void events_of_others_change_nothing() {
    var id = create("a").getSchemaVersionId();
    server
        .store()
        .append(
            StreamName.of("strange-1"),
            ExpectedState.any(),
            ProposedEvent.json("$SchemaCreated", "{}")
                .withMetadata("{\"$correlationId\":\"%s\"}".formatted(NOBODYS)));
    for (var stray :
        List.of(
            ProposedEvent.json("$SchemaCreated", "{}"),
            ProposedEvent.json("$SchemaVersionRegistered", "{\"versionNumber\":9}"),
            ProposedEvent.json("$SchemaVersionsDeleted", "{\"versions\":[1]}"),
            ProposedEvent.json("$SchemaTagsUpdated", "nonsense"),
            ProposedEvent.binary("Other", new byte[] {1}))) {
      server.store().append(StreamName.of("$schemas-a"), ExpectedState.any(), stray);
    }

    assertThat(lookup(id)).isEqualTo("a");
    notFound(() -> lookup(NOBODYS.toString()), NOBODYS.toString());
    assertThat(versions("a")).containsExactly(1);
    assertThat(register("a", NAME_AND_CITY).getVersionNumber()).isEqualTo(2);
  }

  // ---- at the same time, and afterwards

  @Test
  void of_many_who_register_at_once_each_gets_a_number_of_its_own() throws Exception {
    create("a");
    var begin = new CountDownLatch(1);
    var numbers = new ArrayList<Future<List<Integer>>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0; i < 16; i++) {
        var mine = i;
        numbers.add(
            threads.submit(() -> {
              begin.await();
              return IntStream.range(0, 4)
                  .mapToObj(j ->
                      register("a", "{\"title\":\"%d of %d\"}".formatted(j, mine))
                          .getVersionNumber())
                  .toList();
            }));
      }
      begin.countDown();
      var given = new ArrayList<Integer>();
      for (var each : numbers) {
        given.addAll(each.get());
        assertThat(each.get()).isSorted();
      }
      assertThat(given)
          .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(2, 65).boxed().toList());
    }
    assertThat(versions("a")).isEqualTo(IntStream.rangeClosed(1, 65).boxed().toList());
  }

  @Test
  void of_many_who_make_a_schema_at_once_one_does() throws Exception {
    var made = new ArrayList<Future<Boolean>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0; i < 16; i++) {
        made.add(
            threads.submit(() -> {
              try {
                create("a");
                return true;
              } catch (StatusRuntimeException refused) {
                assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
                return false;
              }
            }));
      }
      var count = 0;
      for (var each : made) {
        count += each.get() ? 1 : 0;
      }
      assertThat(count).isEqualTo(1);
    }
  }

  @Test
  void a_server_that_starts_again_has_everything(@TempDir Path directory) {
    close();
    server = TestServer.on(directory);
    wire = Wire.to(server);
    var id =
        create(
                "a",
                json(CompatibilityMode.COMPATIBILITY_MODE_BACKWARD)
                    .setDescription("d")
                    .putTags("k", "v"),
                NAME)
            .getSchemaVersionId();
    register("a", NAME_AND_CITY);
    deleteVersions("a", 1);
    create("b");
    var kept = create("b2").getSchemaVersionId();
    delete("b");
    registry().createSchemaGroup(group("g").build());
    var before = List.of(schema("a"), latest("a"), schema("b2"), groupOf("g"));

    close();
    server = TestServer.on(directory);
    wire = Wire.to(server);

    assertThat(List.of(schema("a"), latest("a"), schema("b2"), groupOf("g"))).isEqualTo(before);
    assertThat(names("", Map.of())).containsExactly("a", "b2");
    assertThat(lookup(kept)).isEqualTo("b2");
    notFound(() -> lookup(id), id);
    deleted(() -> create("b"), "b");
    assertThat(register("a", NAME_AND_CITY.replace("city", "town")).getVersionNumber())
        .isEqualTo(3);
  }

  @Test
  void features_tell_what_is_answered() {
    var methods =
        ServerFeaturesGrpc.newBlockingStub(wire.channel())
            .withDeadlineAfter(Await.LIMIT)
            .getSupportedMethods(Wire.EMPTY)
            .getMethodsList()
            .stream()
            .filter(method ->
                method
                    .getServiceName()
                    .equals("kurrentdb.protocol.registry.v2.schemaregistryservice"))
            .map(method -> method.getMethodName())
            .toList();

    assertThat(methods)
        .containsExactlyInAnyOrderElementsOf(
            SchemaRegistryServiceGrpc.getServiceDescriptor().getMethods().stream()
                .map(method -> method.getBareMethodName())
                .filter(method -> !"BulkRegisterSchemas".equals(method))
                .map(method -> Objects.requireNonNull(method).toLowerCase(Locale.ROOT))
                .toList());
  }

  @Test
  void many_are_not_registered_at_once() {
    var refusal =
        Wire.refusal(
            () -> registry().bulkRegisterSchemas(BulkRegisterSchemasRequest.getDefaultInstance()));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(Wire.text(refusal)).contains("BulkRegisterSchemas");
  }

  // ---- groups

  private static CreateSchemaGroupRequest.Builder group(String id) {
    return CreateSchemaGroupRequest.newBuilder()
        .setGroupId(id)
        .setDetails(
            SchemaGroupDetails.newBuilder()
                .setName("Group " + id)
                .setDescription("d")
                .putTags("k", "v")
                .setAutoRegistration(AutoRegistrationSettings.newBuilder().setEnabled(true))
                .setValidation(ValidationSettings.newBuilder())
                .setCompatibility(
                    CompatibilitySettings.newBuilder()
                        .setEnforce(true)
                        .setMode(CompatibilityMode.COMPATIBILITY_MODE_FULL_ALL))
                .setDataFormat(
                    DataFormatSettings.newBuilder()
                        .setFormat(SchemaDataFormat.SCHEMA_DATA_FORMAT_AVRO))
                .setStreamFilter(
                    StreamFilterSettings.newBuilder()
                        .setEnforce(true)
                        .setFilter(
                            StreamFilter.newBuilder()
                                .setFilterType(StreamFilterType.CONSUME_FILTER_TYPE_REGEX)
                                .setExpression("^order-"))));
  }

  private SchemaGroupDetails groupOf(String id) {
    var group =
        registry()
            .getSchemaGroup(GetSchemaGroupRequest.newBuilder().setGroupId(id).build())
            .getGroup();
    assertThat(group.getGroupId()).isEqualTo(id);
    assertThat(Timestamps.toMillis(group.getCreatedAt())).isPositive();
    return group.getDetails();
  }

  private void updateGroup(String id, SchemaGroupDetails.Builder details, String... paths) {
    var _ =
        registry()
            .updateSchemaGroup(
                UpdateSchemaGroupRequest.newBuilder()
                    .setGroupId(id)
                    .setDetails(details)
                    .setUpdateMask(FieldMask.newBuilder().addAllPaths(List.of(paths)))
                    .build());
  }

  private void deleteGroup(String id) {
    var _ =
        registry().deleteSchemaGroup(DeleteSchemaGroupRequest.newBuilder().setGroupId(id).build());
  }

  private List<String> groups(String prefix) {
    return registry()
        .listSchemaGroups(
            ListSchemaGroupsRequest.newBuilder().setGroupNamePrefix(StringValue.of(prefix)).build())
        .getGroupsList()
        .stream()
        .map(found -> found.getGroupId())
        .toList();
  }

  @Test
  void groups_are_made_changed_listed_and_deleted() {
    registry().createSchemaGroup(group("b").build());
    registry().createSchemaGroup(group("a").build());
    var made = registry().createSchemaGroup(group("x").clearGroupId().build()).getGroupId();

    assertThat(UUID.fromString(made).version()).isEqualTo(4);
    assertThat(groupOf("a")).isEqualTo(group("a").getDetails());
    assertThat(groups("Group ")).containsExactlyInAnyOrder("a", "b", made);
    assertThat(groups("Group a")).containsExactly("a");
    updateGroup(
        "a",
        SchemaGroupDetails.newBuilder().setName("New").putTags("l", "w"),
        "details.name",
        "details.tags",
        "details.stream_filter");
    assertThat(groupOf("a"))
        .isEqualTo(
            group("a")
                .getDetailsBuilder()
                .setName("New")
                .clearTags()
                .putTags("l", "w")
                .clearStreamFilter()
                .build());
    deleteGroup("a");
    assertThat(groups("")).doesNotContain("a");
  }

  @Test
  void groups_are_refused_as_schemas_are() {
    registry().createSchemaGroup(group("a").build());
    registry().createSchemaGroup(group("gone").build());
    deleteGroup("gone");
    var same = group("a").getDetailsBuilder();

    refused(
        () -> registry().createSchemaGroup(group("a").build()),
        Status.Code.ALREADY_EXISTS,
        "SCHEMA_GROUP_ALREADY_EXISTS",
        "registry");
    for (var id : List.of("b", "gone")) {
      refused(() -> groupOf(id), Status.Code.NOT_FOUND, "SCHEMA_GROUP_NOT_FOUND", "registry");
    }
    refused(() -> deleteGroup("b"), Status.Code.NOT_FOUND, "SCHEMA_GROUP_NOT_FOUND", "registry");
    stands(() -> deleteGroup("gone"), "SCHEMA_GROUP_DELETED");
    stands(() -> registry().createSchemaGroup(group("gone").build()), "SCHEMA_GROUP_DELETED");
    stands(() -> updateGroup("gone", same, "details.name"), "SCHEMA_GROUP_DELETED");
    stands(() -> updateGroup("a", same, "details.name"), "SCHEMA_UNCHANGED");
    bad(() -> updateGroup("a", same), "update_mask");
    bad(() -> updateGroup("a", same, "details.other"), "update_mask");
    bad(() -> registry().createSchemaGroup(group("a b").build()), "schema_name");
    bad(
        () -> registry().createSchemaGroup(CreateSchemaGroupRequest.getDefaultInstance()),
        "details.name");
  }
}
