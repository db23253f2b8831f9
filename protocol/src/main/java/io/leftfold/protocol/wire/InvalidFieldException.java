// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.wire;

/// A well-formed message lacks a field, or the field has a value that means nothing.
public final class InvalidFieldException extends WireException {

  private final String field;

  /// For one field.
  ///
  /// @param field its name as in the .proto file
  /// @param message what was expected, what was found
  public InvalidFieldException(String field, String message) {
    super(message);
    this.field = field;
  }

  /// The field.
  ///
  /// @return its name as in the .proto file
  public String field() {
    return field;
  }
}
