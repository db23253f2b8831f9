// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.registry;

import com.google.protobuf.Message;
import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.protocol.messages.errors.ServerError;
import io.leftfold.protocol.messages.registry.errors.SchemaAlreadyExistsErrorDetails;
import io.leftfold.protocol.messages.registry.errors.SchemaDeletedErrorDetails;
import io.leftfold.protocol.messages.registry.errors.SchemaNotFoundErrorDetails;
import io.leftfold.protocol.wire.WireWriter;
import io.leftfold.server.access.Caller;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.grpc.kurrent.RichRefusal;
import io.leftfold.server.grpc.kurrent.RichRefusal.Detail;
import io.leftfold.server.registry.BadSchemaException;
import io.leftfold.server.registry.RegistryException;
import io.leftfold.server.registry.compatibility.Incompatibility;
import java.util.List;

/// What callers of this service are told of errors.
final class RegistryRefusal {

  private static final System.Logger LOGGER = System.getLogger(RegistryRefusal.class.getName());
  private static final String DOMAIN = "registry";

  /// So that all fits in what clients take of trailers.
  private static final int VIOLATIONS_MAX = 4;

  private static final int PATH_CHARS_MAX = 100;

  private RegistryRefusal() {}

  /// What a caller is told of an error. It is logged if it is no caller's fault.
  ///
  /// @param caller who called
  /// @param operation which method
  /// @throws OutOfMemoryError if it is one: that is not the matter of one call
  static RichRefusal of(Throwable error, Caller caller, String operation) {
    return switch (error) {
      case OutOfMemoryError fatal -> throw fatal;
      case RegistryException known -> of(known);
      case BadSchemaException bad -> RichRefusal.badRequest(bad.field(), text(bad));
      case LeftfoldException known -> of(known, caller, operation);
      case IllegalArgumentException misuse -> RichRefusal.badRequest("", text(misuse));
      default -> {
        LOGGER.log(System.Logger.Level.ERROR, "A call to SchemaRegistryService failed", error);
        yield malfunction("The call failed inside the server; its log says why");
      }
    };
  }

  private static RichRefusal of(RegistryException error) {
    return switch (error.kind()) {
      case SCHEMA_NOT_FOUND ->
          refusal(
              GrpcStatus.NOT_FOUND,
              error,
              SchemaNotFoundErrorDetails.newBuilder().setSchema(error.subject()).build());
      case SCHEMA_ALREADY_EXISTS ->
          refusal(
              GrpcStatus.ALREADY_EXISTS,
              error,
              SchemaAlreadyExistsErrorDetails.newBuilder().setSchema(error.subject()).build());
      case SCHEMA_DELETED ->
          refusal(
              GrpcStatus.FAILED_PRECONDITION,
              error,
              SchemaDeletedErrorDetails.newBuilder().setSchema(error.subject()).build());
      case SCHEMA_GROUP_NOT_FOUND -> refusal(GrpcStatus.NOT_FOUND, error, List.of());
      case SCHEMA_GROUP_ALREADY_EXISTS -> refusal(GrpcStatus.ALREADY_EXISTS, error, List.of());
      case ANSWER_TOO_LARGE -> refusal(GrpcStatus.RESOURCE_EXHAUSTED, error, List.of());
      case SCHEMA_GROUP_DELETED,
          SCHEMA_UNCHANGED,
          SCHEMA_INCOMPATIBLE,
          SCHEMA_VERSIONS_MISSING,
          SCHEMA_VERSIONS_NEEDED,
          TOO_MANY_VERSIONS,
          DATA_FORMAT_IMMUTABLE ->
          refusal(GrpcStatus.FAILED_PRECONDITION, error, List.of(precondition(error)));
    };
  }

  private static RichRefusal refusal(GrpcStatus status, RegistryException error, Message detail) {
    return refusal(status, error, List.of(Detail.of(detail)));
  }

  private static RichRefusal refusal(
      GrpcStatus status, RegistryException error, List<Detail> details) {
    return new RichRefusal(status, error.kind().name(), DOMAIN, text(error), details);
  }

  /// google.rpc.PreconditionFailure: | violations 1 ( type 1 | subject 2 | description 3 ) … |
  private static Detail precondition(RegistryException error) {
    var out = new WireWriter(512);
    if (error.found().isEmpty()) {
      write(out, error.kind().name(), error.subject(), "");
    }
    error.found().stream()
        .limit(VIOLATIONS_MAX)
        .forEach(found -> write(out, found.kind().name(), subject(found), found.details()));
    return new Detail("google.rpc.PreconditionFailure", out.toByteArray());
  }

  private static String subject(Incompatibility found) {
    var path = found.path();
    return path.length() > PATH_CHARS_MAX
        ? "…" + path.substring(path.length() - PATH_CHARS_MAX)
        : path;
  }

  private static void write(WireWriter out, String type, String subject, String description) {
    out.begin(1);
    out.text(1, type);
    out.text(2, subject);
    out.text(3, description.length() > PATH_CHARS_MAX ? "" : description);
    out.end();
  }

  private static RichRefusal of(LeftfoldException error, Caller caller, String operation) {
    return switch (error) {
      case NotAuthorizedException denied -> RichRefusal.denied(caller, operation, text(denied));
      case UnavailableException unavailable -> RichRefusal.unavailable(unavailable);
      case LimitExceededException limit -> RichRefusal.badRequest("schema_definition", text(limit));
      case WrongExpectedStateException _,
          StreamTombstonedException _,
          CorruptLogException _,
          ConditionFailedException _,
          AlreadyTrackedException _ ->
          malfunction(text(error));
    };
  }

  private static RichRefusal malfunction(String message) {
    return RichRefusal.server(
        GrpcStatus.INTERNAL, ServerError.SERVER_ERROR_SERVER_MALFUNCTION, message);
  }

  private static String text(Throwable error) {
    return String.valueOf(error.getMessage());
  }
}
