// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.registry;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.protocol.messages.registry.CheckSchemaCompatibilityRequest;
import io.leftfold.protocol.messages.registry.CheckSchemaCompatibilityResponse;
import io.leftfold.protocol.messages.registry.CreateSchemaGroupRequest;
import io.leftfold.protocol.messages.registry.CreateSchemaGroupResponse;
import io.leftfold.protocol.messages.registry.CreateSchemaRequest;
import io.leftfold.protocol.messages.registry.CreateSchemaResponse;
import io.leftfold.protocol.messages.registry.DeleteSchemaGroupRequest;
import io.leftfold.protocol.messages.registry.DeleteSchemaGroupResponse;
import io.leftfold.protocol.messages.registry.DeleteSchemaRequest;
import io.leftfold.protocol.messages.registry.DeleteSchemaResponse;
import io.leftfold.protocol.messages.registry.DeleteSchemaVersionsRequest;
import io.leftfold.protocol.messages.registry.DeleteSchemaVersionsResponse;
import io.leftfold.protocol.messages.registry.GetSchemaGroupRequest;
import io.leftfold.protocol.messages.registry.GetSchemaGroupResponse;
import io.leftfold.protocol.messages.registry.GetSchemaRequest;
import io.leftfold.protocol.messages.registry.GetSchemaResponse;
import io.leftfold.protocol.messages.registry.GetSchemaVersionByIdRequest;
import io.leftfold.protocol.messages.registry.GetSchemaVersionByIdResponse;
import io.leftfold.protocol.messages.registry.GetSchemaVersionRequest;
import io.leftfold.protocol.messages.registry.GetSchemaVersionResponse;
import io.leftfold.protocol.messages.registry.ListRegisteredSchemasRequest;
import io.leftfold.protocol.messages.registry.ListRegisteredSchemasResponse;
import io.leftfold.protocol.messages.registry.ListSchemaGroupsRequest;
import io.leftfold.protocol.messages.registry.ListSchemaGroupsResponse;
import io.leftfold.protocol.messages.registry.ListSchemaVersionsRequest;
import io.leftfold.protocol.messages.registry.ListSchemaVersionsResponse;
import io.leftfold.protocol.messages.registry.ListSchemasRequest;
import io.leftfold.protocol.messages.registry.ListSchemasResponse;
import io.leftfold.protocol.messages.registry.LookupSchemaNameRequest;
import io.leftfold.protocol.messages.registry.LookupSchemaNameResponse;
import io.leftfold.protocol.messages.registry.RegisterSchemaVersionRequest;
import io.leftfold.protocol.messages.registry.RegisterSchemaVersionResponse;
import io.leftfold.protocol.messages.registry.UpdateSchemaGroupRequest;
import io.leftfold.protocol.messages.registry.UpdateSchemaGroupResponse;
import io.leftfold.protocol.messages.registry.UpdateSchemaRequest;
import io.leftfold.protocol.messages.registry.UpdateSchemaResponse;
import io.leftfold.server.access.Right;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.node.Session;
import io.leftfold.server.registry.BadSchemaException;
import io.leftfold.server.registry.SchemaGroups;
import io.leftfold.server.registry.SchemaName;
import io.leftfold.server.registry.Schemas;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;

/// The methods of `SchemaRegistryService`, but for `BulkRegisterSchemas`, which KurrentDB does not
/// answer either.
public final class RegistryService {

  /// The full name of the service.
  public static final String NAME = "kurrentdb.protocol.registry.v2.SchemaRegistryService";

  /// The largest request: a definition and details.
  static final int REQUEST_BYTES_MAX = Schemas.DEFINITION_BYTES_MAX + (1 << 20);

  private static final int SUBJECT_CHARS_MAX = SchemaName.CHARS_MAX;

  private final Schemas schemas;
  private final SchemaGroups groups;
  private final ThreadFactory threads;

  /// The service of all schemas.
  ///
  /// @param schemas do what is asked
  /// @param groups do what is asked
  /// @param threads makes a virtual thread for each call
  public RegistryService(Schemas schemas, SchemaGroups groups, ThreadFactory threads) {
    this.schemas = schemas;
    this.groups = groups;
    this.threads = threads;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    return Map.ofEntries(
        managing(
            "CreateSchema",
            CreateSchemaRequest.parser(),
            "create schema",
            CreateSchemaRequest::getSchemaName,
            this::create),
        managing(
            "UpdateSchema",
            UpdateSchemaRequest.parser(),
            "update schema",
            UpdateSchemaRequest::getSchemaName,
            this::update),
        managing(
            "DeleteSchema",
            DeleteSchemaRequest.parser(),
            "delete schema",
            DeleteSchemaRequest::getSchemaName,
            this::delete),
        managing(
            "RegisterSchemaVersion",
            RegisterSchemaVersionRequest.parser(),
            "register schema version",
            RegisterSchemaVersionRequest::getSchemaName,
            this::register),
        managing(
            "DeleteSchemaVersions",
            DeleteSchemaVersionsRequest.parser(),
            "delete schema versions",
            DeleteSchemaVersionsRequest::getSchemaName,
            this::deleteVersions),
        managing(
            "CreateSchemaGroup",
            CreateSchemaGroupRequest.parser(),
            "create schema group",
            CreateSchemaGroupRequest::getGroupId,
            this::createGroup),
        managing(
            "UpdateSchemaGroup",
            UpdateSchemaGroupRequest.parser(),
            "update schema group",
            UpdateSchemaGroupRequest::getGroupId,
            this::updateGroup),
        managing(
            "DeleteSchemaGroup",
            DeleteSchemaGroupRequest.parser(),
            "delete schema group",
            DeleteSchemaGroupRequest::getGroupId,
            this::deleteGroup),
        reading("GetSchema", GetSchemaRequest.parser(), this::schema),
        reading("ListSchemas", ListSchemasRequest.parser(), this::list),
        reading("LookupSchemaName", LookupSchemaNameRequest.parser(), this::lookup),
        reading("GetSchemaVersion", GetSchemaVersionRequest.parser(), this::version),
        reading("GetSchemaVersionById", GetSchemaVersionByIdRequest.parser(), this::versionById),
        reading("ListSchemaVersions", ListSchemaVersionsRequest.parser(), this::versions),
        reading("ListRegisteredSchemas", ListRegisteredSchemasRequest.parser(), this::registered),
        reading("CheckSchemaCompatibility", CheckSchemaCompatibilityRequest.parser(), this::check),
        reading("GetSchemaGroup", GetSchemaGroupRequest.parser(), this::group),
        reading("ListSchemaGroups", ListSchemaGroupsRequest.parser(), this::listGroups));
  }

  private <Q> Map.Entry<String, SessionHandler> reading(
      String method, Parser<Q> parser, Function<Q, MessageLite> answer) {
    return method(
        method,
        parser,
        (session, request) -> {
          session.require(Right.OnNode.READ_SCHEMAS);
          return answer.apply(request);
        });
  }

  /// A method that changes something, which `$audit` is to tell.
  ///
  /// @param prepared reads the request, and gives what does it; so that a request that makes no
  ///   sense is refused before anything is recorded, and whoever may not is not told what is wrong
  ///   with it
  private <Q> Map.Entry<String, SessionHandler> managing(
      String method,
      Parser<Q> parser,
      String action,
      Function<Q, String> subject,
      Function<Q, Supplier<MessageLite>> prepared) {
    return method(
        method,
        parser,
        (session, request) -> {
          Supplier<MessageLite> work =
              session.may(Right.OnNode.MANAGE_SCHEMAS)
                  ? prepared.apply(request)
                  : () -> prepared.apply(request).get();
          return session
              .operator()
              .does(Right.OnNode.MANAGE_SCHEMAS, action, shortened(subject.apply(request)), work);
        });
  }

  private static String shortened(String subject) {
    return subject.length() > SUBJECT_CHARS_MAX
        ? subject.substring(0, SUBJECT_CHARS_MAX) + "…"
        : subject;
  }

  private interface Work<Q> {
    MessageLite answer(Session session, Q request);
  }

  private <Q> Map.Entry<String, SessionHandler> method(
      String method, Parser<Q> parser, Work<Q> work) {
    return Map.entry(
        "/%s/%s".formatted(NAME, method),
        (call, session) -> {
          call.messageBytesMax(REQUEST_BYTES_MAX);
          return new RegistryCall<>(
              call,
              session.caller(),
              method,
              parser,
              threads,
              request -> work.answer(session, request));
        });
  }

  // ---- commands

  private Supplier<MessageLite> create(CreateSchemaRequest request) {
    var name = Messages.name(request.getSchemaName());
    var details = Messages.details(request.getDetails());
    return () -> {
      var first = schemas.create(name, details, request.getSchemaDefinition().toByteArray());
      return CreateSchemaResponse.newBuilder()
          .setSchemaVersionId(first.id().toString())
          .setVersionNumber(first.number())
          .build();
    };
  }

  private Supplier<MessageLite> update(UpdateSchemaRequest request) {
    var name = Messages.name(request.getSchemaName());
    var update = Messages.update(request);
    return () -> {
      schemas.update(name, update);
      return UpdateSchemaResponse.getDefaultInstance();
    };
  }

  private Supplier<MessageLite> delete(DeleteSchemaRequest request) {
    var name = Messages.name(request.getSchemaName());
    return () -> {
      schemas.delete(name);
      return DeleteSchemaResponse.getDefaultInstance();
    };
  }

  private Supplier<MessageLite> register(RegisterSchemaVersionRequest request) {
    var name = Messages.name(request.getSchemaName());
    return () -> {
      var next = schemas.register(name, request.getSchemaDefinition().toByteArray());
      return RegisterSchemaVersionResponse.newBuilder()
          .setSchemaVersionId(next.id().toString())
          .setVersionNumber(next.number())
          .build();
    };
  }

  private Supplier<MessageLite> deleteVersions(DeleteSchemaVersionsRequest request) {
    var name = Messages.name(request.getSchemaName());
    var numbers = new LinkedHashSet<>(request.getVersionsList());
    if (numbers.isEmpty()) {
      throw new BadSchemaException("versions", "One version at least is deleted, got none");
    }
    return () -> {
      schemas.deleteVersions(name, numbers);
      return DeleteSchemaVersionsResponse.getDefaultInstance();
    };
  }

  private Supplier<MessageLite> createGroup(CreateSchemaGroupRequest request) {
    var id =
        request.hasGroupId()
            ? Optional.of(Messages.name(request.getGroupId()))
            : Optional.<SchemaName>empty();
    var details = GroupMessages.details(request.getDetails());
    return () ->
        CreateSchemaGroupResponse.newBuilder()
            .setGroupId(groups.create(id, details).value())
            .build();
  }

  private Supplier<MessageLite> updateGroup(UpdateSchemaGroupRequest request) {
    var id = Messages.name(request.getGroupId());
    return () -> {
      groups.update(id, before -> GroupMessages.updated(before, request));
      return UpdateSchemaGroupResponse.getDefaultInstance();
    };
  }

  private Supplier<MessageLite> deleteGroup(DeleteSchemaGroupRequest request) {
    var id = Messages.name(request.getGroupId());
    return () -> {
      groups.delete(id);
      return DeleteSchemaGroupResponse.getDefaultInstance();
    };
  }

  // ---- questions

  private MessageLite schema(GetSchemaRequest request) {
    return GetSchemaResponse.newBuilder()
        .setSchema(Messages.schema(schemas.schema(Messages.name(request.getSchemaName()))))
        .build();
  }

  private MessageLite list(ListSchemasRequest request) {
    return ListSchemasResponse.newBuilder()
        .addAllSchemas(
            schemas.list(request.getSchemaNamePrefix(), request.getSchemaTagsMap()).stream()
                .map(Messages::schema)
                .toList())
        .build();
  }

  private MessageLite lookup(LookupSchemaNameRequest request) {
    var schema = schemas.schemaOf(Messages.versionId(request.getSchemaVersionId()));
    return LookupSchemaNameResponse.newBuilder().setSchemaName(schema.name().value()).build();
  }

  private MessageLite version(GetSchemaVersionRequest request) {
    var number =
        request.hasVersionNumber()
            ? OptionalInt.of(request.getVersionNumber())
            : OptionalInt.empty();
    if (number.isPresent() && number.getAsInt() < 1) {
      throw new BadSchemaException(
          "version_number", "Versions are counted from 1, got " + number.getAsInt());
    }
    return GetSchemaVersionResponse.newBuilder()
        .setVersion(
            Messages.version(schemas.version(Messages.name(request.getSchemaName()), number)))
        .build();
  }

  private MessageLite versionById(GetSchemaVersionByIdRequest request) {
    return GetSchemaVersionByIdResponse.newBuilder()
        .setVersion(
            Messages.version(schemas.version(Messages.versionId(request.getSchemaVersionId()))))
        .build();
  }

  private MessageLite versions(ListSchemaVersionsRequest request) {
    return ListSchemaVersionsResponse.newBuilder()
        .addAllVersions(
            schemas
                .versions(Messages.name(request.getSchemaName()), request.getIncludeDefinition())
                .stream()
                .map(Messages::version)
                .toList())
        .build();
  }

  private MessageLite registered(ListRegisteredSchemasRequest request) {
    var prefix = request.getSchemaNamePrefix();
    var tags = request.getSchemaTagsMap();
    var withDefinition = request.getIncludeDefinition();
    var found =
        request.getSchemaVersionId().isEmpty()
            ? schemas.registered(prefix, tags, withDefinition)
            : schemas.registered(
                Messages.versionId(request.getSchemaVersionId()), prefix, tags, withDefinition);
    return ListRegisteredSchemasResponse.newBuilder()
        .addAllSchemas(found.stream().map(Messages::registered).toList())
        .build();
  }

  private MessageLite check(CheckSchemaCompatibilityRequest request) {
    var schema =
        switch (request.getSchemaIdentifierCase()) {
          case SCHEMA_NAME -> schemas.schema(Messages.name(request.getSchemaName()));
          case SCHEMA_VERSION_ID ->
              schemas.schemaOf(Messages.versionId(request.getSchemaVersionId()));
          case SCHEMAIDENTIFIER_NOT_SET ->
              throw new BadSchemaException(
                  "schema_identifier",
                  "A definition is compared with a schema, by its name or the id of a version; got neither");
        };
    var compared =
        schemas.check(
            schema,
            Messages.format(request.getDataFormat(), "data_format"),
            request.getDefinition().toByteArray());
    var response = CheckSchemaCompatibilityResponse.newBuilder();
    if (compared.found().isEmpty()) {
      response.setSuccess(
          CheckSchemaCompatibilityResponse.Success.newBuilder()
              .setSchemaVersionId(compared.version().id().toString()));
    } else {
      response.setFailure(
          CheckSchemaCompatibilityResponse.Failure.newBuilder()
              .addAllErrors(Messages.found(compared.found())));
    }
    return response.build();
  }

  private MessageLite group(GetSchemaGroupRequest request) {
    return GetSchemaGroupResponse.newBuilder()
        .setGroup(GroupMessages.group(groups.group(Messages.name(request.getGroupId()))))
        .build();
  }

  private MessageLite listGroups(ListSchemaGroupsRequest request) {
    return ListSchemaGroupsResponse.newBuilder()
        .addAllGroups(
            groups.list(request.getGroupNamePrefix().getValue()).stream()
                .map(GroupMessages::group)
                .toList())
        .build();
  }
}
