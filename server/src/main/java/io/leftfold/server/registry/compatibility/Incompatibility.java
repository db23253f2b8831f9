// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry.compatibility;

import java.util.Optional;

/// One thing that stands against two definitions fitting each other.
///
/// @param kind what
/// @param details the same for people
/// @param path where, as `#/address/street`; empty for what concerns no place
/// @param originalType the type that it had, where it is about types
/// @param newType the type that it has
public record Incompatibility(
    Kind kind,
    String details,
    String path,
    Optional<String> originalType,
    Optional<String> newType) {

  /// What may stand against it.
  public enum Kind {
    /// A property was required and is not any more.
    MISSING_REQUIRED_PROPERTY,
    /// A property has another type.
    INCOMPATIBLE_TYPE_CHANGE,
    /// A property was optional and is required.
    OPTIONAL_TO_REQUIRED,
    /// A property is new and required.
    NEW_REQUIRED_PROPERTY,
    /// A property that readers require is gone.
    REMOVED_PROPERTY,
    /// The items of an array have another type.
    ARRAY_TYPE_INCOMPATIBILITY,
    /// The definition is in another format altogether.
    DATA_FORMAT_MISMATCH
  }

  static Incompatibility at(Kind kind, String path, String details) {
    return new Incompatibility(kind, details, path, Optional.empty(), Optional.empty());
  }

  /// A definition of another format than the schema's.
  ///
  /// @param originalFormat the schema's
  /// @param newFormat the definition's
  /// @return what is to be told
  public static Incompatibility ofFormats(String originalFormat, String newFormat) {
    return new Incompatibility(
        Kind.DATA_FORMAT_MISMATCH,
        "The schema is in %s, the definition in %s".formatted(originalFormat, newFormat),
        "",
        Optional.of(originalFormat),
        Optional.of(newFormat));
  }
}
