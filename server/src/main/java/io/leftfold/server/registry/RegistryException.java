// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

import io.leftfold.server.registry.compatibility.Incompatibility;
import java.util.List;

/// What is in the registry stands against what was asked of it.
public final class RegistryException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final String subject;

  @SuppressWarnings("serial") // records of text; nobody serializes it
  private final List<Incompatibility> found;

  /// What stands against it. The names are told.
  public enum Kind {
    /// There is no such schema, or no such version.
    SCHEMA_NOT_FOUND,
    /// There is a schema of this name.
    SCHEMA_ALREADY_EXISTS,
    /// The schema was deleted.
    SCHEMA_DELETED,
    /// There is no such group.
    SCHEMA_GROUP_NOT_FOUND,
    /// There is a group with this id.
    SCHEMA_GROUP_ALREADY_EXISTS,
    /// The group was deleted.
    SCHEMA_GROUP_DELETED,
    /// It is so already.
    SCHEMA_UNCHANGED,
    /// Versions do not fit each other.
    SCHEMA_INCOMPATIBLE,
    /// Versions are not there that were to be deleted.
    SCHEMA_VERSIONS_MISSING,
    /// Versions are needed that were to be deleted.
    SCHEMA_VERSIONS_NEEDED,
    /// A schema has as many versions as it may.
    TOO_MANY_VERSIONS,
    /// The data format of a schema was to be changed.
    DATA_FORMAT_IMMUTABLE,
    /// The answer would be too large.
    ANSWER_TOO_LARGE
  }

  RegistryException(Kind kind, String subject, String message) {
    this(kind, subject, message, List.of());
  }

  RegistryException(Kind kind, String subject, String message, List<Incompatibility> found) {
    super(message);
    this.kind = kind;
    this.subject = subject;
    this.found = List.copyOf(found);
  }

  static RegistryException notFound(SchemaName name) {
    return new RegistryException(
        Kind.SCHEMA_NOT_FOUND, name.value(), "There is no schema \"%s\"".formatted(name));
  }

  static RegistryException deleted(SchemaName name) {
    return new RegistryException(
        Kind.SCHEMA_DELETED,
        name.value(),
        "The schema \"%s\" was deleted; its name is not given again".formatted(name));
  }

  /// What stands against it.
  ///
  /// @return the kind
  public Kind kind() {
    return kind;
  }

  /// What it is about.
  ///
  /// @return the name of a schema, the id of a version or of a group
  public String subject() {
    return subject;
  }

  /// What was found in definitions.
  ///
  /// @return empty unless versions do not fit each other
  public List<Incompatibility> found() {
    return found;
  }
}
