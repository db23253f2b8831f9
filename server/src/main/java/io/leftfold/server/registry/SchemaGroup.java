// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A group of schemas: what somebody says of it. Nothing is held against it, for nobody says which
/// schemas are in it.
///
/// @param id by which it is known
/// @param details what is said of it
/// @param created when it was made
/// @param updated when it was last changed
/// @param isDeleted whether it is gone
public record SchemaGroup(
    SchemaName id, Details details, Instant created, Instant updated, boolean isDeleted) {

  /// What is said of a group.
  ///
  /// @param name for people; 1 to 200 characters
  /// @param description for people; 10,000 characters at most
  /// @param tags to find it by, as a schema has them
  /// @param settings by their names; 10 at most
  public record Details(
      String name,
      Optional<String> description,
      Map<String, String> tags,
      Map<String, Setting> settings) {

    private static final int SETTINGS_MAX = 10;

    /// Checks and copies.
    ///
    /// @throws BadSchemaException if something is too long, too much, or missing
    public Details {
      if (name.isEmpty() || name.length() > SchemaName.CHARS_MAX) {
        throw new BadSchemaException(
            "details.name",
            "The name of a group has 1 to %d characters, got %,d"
                .formatted(SchemaName.CHARS_MAX, name.length()));
      }
      description.ifPresent(SchemaDetails::checkDescription);
      tags = SchemaDetails.checkedTags(tags);
      if (settings.size() > SETTINGS_MAX) {
        throw new BadSchemaException(
            "details",
            "There are %d settings at most, got %,d".formatted(SETTINGS_MAX, settings.size()));
      }
      settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }

    int size() {
      return name.length()
          + description.map(String::length).orElse(0)
          + tags.entrySet().stream()
              .mapToInt(tag -> tag.getKey().length() + tag.getValue().length())
              .sum()
          + settings.values().stream().mapToInt(setting -> setting.expression.length()).sum();
    }
  }

  /// One setting.
  ///
  /// @param on whether it is on, or enforced
  /// @param kind the word of a mode, format or filter; empty for what has none
  /// @param expression of a filter; 1,000 characters at most
  public record Setting(boolean on, String kind, String expression) {

    private static final int EXPRESSION_CHARS_MAX = 1_000;

    /// Checks.
    ///
    /// @throws BadSchemaException if the expression is too long
    public Setting {
      if (expression.length() > EXPRESSION_CHARS_MAX) {
        throw new BadSchemaException(
            "details.stream_filter",
            "An expression has %,d characters at most, got %,d"
                .formatted(EXPRESSION_CHARS_MAX, expression.length()));
      }
    }
  }
}
