// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

/// What was asked of the registry makes no sense, whatever is in it.
public final class BadSchemaException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  private final String field;

  /// With what is wrong.
  ///
  /// @param field which part of what was asked, as `details.tags`
  /// @param message what was expected of it and what was found
  public BadSchemaException(String field, String message) {
    super(message);
    this.field = field;
  }

  /// With what is wrong.
  ///
  /// @param field which part of what was asked
  /// @param cause says what was expected of it and what was found
  public BadSchemaException(String field, IllegalArgumentException cause) {
    super(cause.getMessage(), cause);
    this.field = field;
  }

  /// Which part of what was asked.
  ///
  /// @return its name
  public String field() {
    return field;
  }
}
