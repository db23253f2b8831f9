// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

/// What is asked of an index makes no sense.
public final class InvalidIndexException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  private final String field;

  /// With what is wrong.
  ///
  /// @param field which part of the request, such as `fields[2].selector`
  /// @param message what was expected of it and what was found
  public InvalidIndexException(String field, String message) {
    super(message);
    this.field = field;
  }

  /// Which part of the request.
  ///
  /// @return its path
  public String field() {
    return field;
  }
}
