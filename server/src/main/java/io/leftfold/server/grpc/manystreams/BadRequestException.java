// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.manystreams;

/// A part of a request makes no sense.
final class BadRequestException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  private final String field;

  /// With what is wrong.
  ///
  /// @param field which part of the request, such as `records[2].schema.name`
  /// @param message what was expected of it and what was found
  BadRequestException(String field, String message) {
    super(message);
    this.field = field;
  }

  /// Which part of the request.
  String field() {
    return field;
  }
}
