// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// A word that an event can be found by, such as `account:7`. By convention a kind, a colon and a
/// name; the store compares whole tags only.
///
/// @param value 1 to [#BYTES_MAX] bytes of UTF-8
public record Tag(String value) implements Comparable<Tag> {

  /// The longest tag, in bytes of UTF-8.
  public static final int BYTES_MAX = 1024;

  /// Checks the text.
  ///
  /// @throws IllegalArgumentException if it is empty, too long or not valid Unicode
  public Tag {
    var bytes = StreamName.utf8Length(value, "A tag");
    if (bytes == 0 || bytes > BYTES_MAX) {
      throw new IllegalArgumentException(
          "A tag has 1 to %d bytes of UTF-8, got %d".formatted(BYTES_MAX, bytes));
    }
  }

  /// A tag from its text.
  ///
  /// @param value the text
  /// @return the tag
  public static Tag of(String value) {
    return new Tag(value);
  }

  /// A tag of a kind and a name.
  ///
  /// @param kind for example `account`
  /// @param name for example `7`
  /// @return `kind:name`
  public static Tag of(String kind, String name) {
    return new Tag(kind + ":" + name);
  }

  @Override
  public int compareTo(Tag other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
