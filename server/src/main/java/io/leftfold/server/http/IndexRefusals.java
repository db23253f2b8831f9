// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.server.indexes.IndexExistsException;
import io.leftfold.server.indexes.IndexNotFoundException;
import io.leftfold.server.node.IndexControl;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/// Errors of indexes over HTTP, as what is gRPC behind a door for HTTP says them: `{code, message,
/// details}`, the code being gRPC's.
final class IndexRefusals {

  private static final System.Logger LOGGER = System.getLogger(IndexRefusals.class.getName());
  private static final String TYPE_URL = "type.googleapis.com/";
  private static final String DETAILS = TYPE_URL + "kurrentdb.protocol.v2.indexes.errors.";

  /// Codes of gRPC, with the status of HTTP that each is said with.
  private enum Code {
    INVALID_ARGUMENT(3, 400),
    NOT_FOUND(5, 404),
    ALREADY_EXISTS(6, 409),
    PERMISSION_DENIED(7, 403),
    FAILED_PRECONDITION(9, 400),
    INTERNAL(13, 500),
    UNAVAILABLE(14, 503);

    final int code;
    final int status;

    Code(int code, int status) {
      this.code = code;
      this.status = status;
    }
  }

  private IndexRefusals() {}

  static PageAnswer of(RuntimeException error, IndexControl control) {
    var message = String.valueOf(error.getMessage());
    return switch (error) {
      case IndexNotFoundException missing ->
          indexes(
              Code.NOT_FOUND,
              message,
              "INDEX_NOT_FOUND",
              detail("IndexNotFoundErrorDetails").put("name", missing.index()));
      case IndexExistsException exists ->
          indexes(
              Code.ALREADY_EXISTS,
              message,
              "INDEX_ALREADY_EXISTS",
              detail("IndexAlreadyExistsErrorDetails").put("name", exists.index()));
      case UnavailableException unavailable
          when unavailable.reason() == UnavailableException.Reason.INDEXING ->
          indexes(
              Code.FAILED_PRECONDITION,
              message,
              "INDEXES_NOT_READY",
              // 64 bits are texts in the JSON of protobuf.
              detail("IndexesNotReadyErrorDetails")
                  .put("currentPosition", Long.toString(control.progress().indexed()))
                  .put("targetPosition", Long.toString(control.progress().events())));
      case UnavailableException _ ->
          answer(Code.UNAVAILABLE, message, new JsonArray()).with("retry-after", "5");
      case NotAuthorizedException _ -> answer(Code.PERMISSION_DENIED, message, new JsonArray());
      case IllegalArgumentException _ -> answer(Code.INVALID_ARGUMENT, message, new JsonArray());
      default -> {
        LOGGER.log(System.Logger.Level.ERROR, "A page of indexes failed", error);
        yield answer(Code.INTERNAL, "The server's log says why", new JsonArray());
      }
    };
  }

  private static JsonObject detail(String type) {
    return new JsonObject().put("@type", DETAILS + type);
  }

  private static PageAnswer indexes(Code code, String message, String reason, JsonObject detail) {
    var info =
        new JsonObject()
            .put("@type", TYPE_URL + "google.rpc.ErrorInfo")
            .put("reason", reason)
            .put("domain", "indexes")
            .put("metadata", new JsonObject());
    return answer(code, message, new JsonArray().add(info).add(detail));
  }

  private static PageAnswer answer(Code code, String message, JsonArray details) {
    return new PageAnswer(
        code.status,
        PageAnswer.JSON,
        new JsonObject()
            .put("code", code.code)
            .put("message", message)
            .put("details", details)
            .encode());
  }
}
