// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

import io.leftfold.server.registry.compatibility.CompatibilityMode;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// What is said of a schema as a whole.
///
/// @param format in what its data is written; never another
/// @param compatibility what a new version owes to those before
/// @param description for people; 10,000 characters at most
/// @param tags to find it by; 100 at most, a key of 1 to 200 characters, a value of 1,000 at most
public record SchemaDetails(
    DataFormat format,
    CompatibilityMode compatibility,
    String description,
    Map<String, String> tags) {

  /// The longest description.
  public static final int DESCRIPTION_CHARS_MAX = 10_000;

  /// The most tags.
  public static final int TAGS_MAX = 100;

  private static final int KEY_CHARS_MAX = 200;
  private static final int VALUE_CHARS_MAX = 1_000;

  /// Checks and copies.
  ///
  /// @throws BadSchemaException if something is too long, or too much
  public SchemaDetails {
    checkDescription(description);
    tags = checkedTags(tags);
  }

  static void checkDescription(String description) {
    if (description.length() > DESCRIPTION_CHARS_MAX) {
      throw new BadSchemaException(
          "details.description",
          "A description has %,d characters at most, got %,d"
              .formatted(DESCRIPTION_CHARS_MAX, description.length()));
    }
  }

  static Map<String, String> checkedTags(Map<String, String> tags) {
    if (tags.size() > TAGS_MAX) {
      throw new BadSchemaException(
          "details.tags", "There are %d tags at most, got %,d".formatted(TAGS_MAX, tags.size()));
    }
    tags.forEach((key, value) -> {
      if (key.isEmpty() || key.length() > KEY_CHARS_MAX || value.length() > VALUE_CHARS_MAX) {
        throw new BadSchemaException(
            "details.tags",
            "The key of a tag has 1 to %d characters, its value %,d at most; got %,d and %,d"
                .formatted(KEY_CHARS_MAX, VALUE_CHARS_MAX, key.length(), value.length()));
      }
    });
    return Collections.unmodifiableMap(new TreeMap<>(tags));
  }

  SchemaDetails withCompatibility(CompatibilityMode other) {
    return new SchemaDetails(format, other, description, tags);
  }

  SchemaDetails withDescription(String other) {
    return new SchemaDetails(format, compatibility, other, tags);
  }

  SchemaDetails withTags(Map<String, String> others) {
    return new SchemaDetails(format, compatibility, description, others);
  }

  /// What it takes in memory and in an answer, about.
  int size() {
    return tags.entrySet().stream()
            .mapToInt(tag -> tag.getKey().length() + tag.getValue().length() + 8)
            .sum()
        + description.length();
  }
}
