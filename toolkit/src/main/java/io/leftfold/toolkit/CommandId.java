// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.api.Tag;
import java.nio.ByteBuffer;
import java.util.UUID;

/// What makes a repeated command recognisable: whoever gives a command again, because nobody
/// answered, gives it with the same id.
///
/// The events of a command carry its [#tag()], by which they are found for as long as they are
/// there, and have ids that follow from it, by which the store itself knows them.
///
/// @param value any text, such as a random UUID, 1 to [#BYTES_MAX] bytes of UTF-8
public record CommandId(String value) {

  private static final String TAG_PREFIX = "$command:";
  private static final long VERSION_8 = 0x8000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;

  /// The longest id, in bytes of UTF-8.
  public static final int BYTES_MAX = Tag.BYTES_MAX - TAG_PREFIX.length();

  /// Checks the text.
  ///
  /// @throws IllegalArgumentException if it is empty, too long or not valid Unicode
  public CommandId {
    var bytes = value.getBytes(UTF_8).length;
    if (bytes == 0 || bytes > BYTES_MAX) {
      throw new IllegalArgumentException(
          "A command id has 1 to %d bytes of UTF-8, got %d".formatted(BYTES_MAX, bytes));
    }
    // What is no Unicode is refused here, and not with the first event.
    var _ = new Tag(TAG_PREFIX + value);
  }

  /// An id from its text.
  ///
  /// @param value the text
  /// @return the id
  public static CommandId of(String value) {
    return new CommandId(value);
  }

  /// An id from a UUID.
  ///
  /// @param value the UUID
  /// @return the id
  public static CommandId of(UUID value) {
    return new CommandId(value.toString());
  }

  /// By what the events of this command are found.
  ///
  /// @return `$command:` and the id
  public Tag tag() {
    return new Tag(TAG_PREFIX + value);
  }

  /// The id of an event of this command: the same each time, and nobody else's.
  ///
  /// @param index which of the events that were decided, from 0
  /// @return a UUID of version 8, by SHA-256
  public UUID eventId(int index) {
    var digest = Sha256.begin();
    digest.update(value.getBytes(UTF_8));
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(index).flip());
    var hash = ByteBuffer.wrap(digest.digest());
    return new UUID((hash.getLong() & ~0xF000L) | VERSION_8, (hash.getLong() >>> 2) | VARIANT);
  }

  @Override
  public String toString() {
    return value;
  }
}
