// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.api.Tag;

/// Whom personal data is about.
///
/// The name stays when the data is erased: in events, in their tags and in the record of the
/// erasure. So it is one that says nothing to whoever has nothing else, such as a customer's number
/// or a random UUID, and never an e-mail address.
///
/// @param value the name, 1 to [#BYTES_MAX] bytes of UTF-8
public record Subject(String value) {

  private static final String TAG_PREFIX = "$subject:";

  /// The longest name, in bytes of UTF-8.
  public static final int BYTES_MAX = Tag.BYTES_MAX - TAG_PREFIX.length();

  /// Checks the name.
  ///
  /// @throws IllegalArgumentException if it is empty, too long or not valid Unicode
  public Subject {
    var bytes = value.getBytes(UTF_8).length;
    if (bytes == 0 || bytes > BYTES_MAX) {
      throw new IllegalArgumentException(
          "A subject's name has 1 to %d bytes of UTF-8, got %d".formatted(BYTES_MAX, bytes));
    }
    // What is no Unicode is refused here, and not with the first event.
    var _ = new Tag(TAG_PREFIX + value);
  }

  /// A subject by its name.
  ///
  /// @param value the name
  /// @return the subject
  public static Subject of(String value) {
    return new Subject(value);
  }

  /// By what the events that hold personal data of the subject are found.
  ///
  /// @return `$subject:` and the name
  public Tag tag() {
    return new Tag(TAG_PREFIX + value);
  }

  @Override
  public String toString() {
    return value;
  }
}
