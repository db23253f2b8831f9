// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/// A fact to be recorded.
///
/// The arrays are not copied: whoever gives them away leaves them alone.
///
/// @param id what makes a repeated append recognisable; not all zeros
/// @param type what happened, in the past tense, 1 to [#TYPE_BYTES_MAX] bytes of UTF-8
/// @param contentType how `data` is to be understood
/// @param data the fact
/// @param metadata about the fact (who, why, effective when), JSON by convention; may be empty
/// @param tags what else the event can be found by, at most [#TAGS_MAX], without repetition
public record ProposedEvent(
    UUID id, String type, ContentType contentType, byte[] data, byte[] metadata, List<Tag> tags) {

  /// The longest type, in bytes of UTF-8.
  public static final int TYPE_BYTES_MAX = 4096;

  /// The most tags of one event.
  public static final int TAGS_MAX = 256;

  private static final byte[] NOTHING = {};

  /// Checks the parts.
  ///
  /// @throws IllegalArgumentException if the id is nil, the type empty or too long, or there are
  ///   too many tags
  public ProposedEvent {
    if (id.getMostSignificantBits() == 0 && id.getLeastSignificantBits() == 0) {
      throw new IllegalArgumentException("An event id is not nil (all zeros); use a random UUID");
    }
    var bytes = StreamName.utf8Length(type, "An event type");
    if (bytes == 0 || bytes > TYPE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "An event type has 1 to %d bytes of UTF-8, got %d".formatted(TYPE_BYTES_MAX, bytes));
    }
    if (tags.size() > TAGS_MAX) {
      throw new IllegalArgumentException(
          "An event has at most %d tags, got %d".formatted(TAGS_MAX, tags.size()));
    }
    tags = List.copyOf(tags);
    if (tags.size() > 1 && tags.stream().distinct().count() != tags.size()) {
      throw new IllegalArgumentException("The tags of an event differ, got " + tags);
    }
  }

  /// An event whose data is JSON, with a random id.
  ///
  /// @param type what happened
  /// @param json one JSON value; not checked
  /// @return the event
  public static ProposedEvent json(String type, String json) {
    return new ProposedEvent(
        UUID.randomUUID(),
        type,
        ContentType.JSON,
        json.getBytes(StandardCharsets.UTF_8),
        NOTHING,
        List.of());
  }

  /// An event whose data is bytes, with a random id.
  ///
  /// @param type what happened
  /// @param data the fact
  /// @return the event
  public static ProposedEvent binary(String type, byte[] data) {
    return new ProposedEvent(UUID.randomUUID(), type, ContentType.BINARY, data, NOTHING, List.of());
  }

  /// A link to an event of another stream, with a random id.
  ///
  /// @param stream the stream of the target
  /// @param revision the revision of the target
  /// @return a `$>` event
  public static ProposedEvent link(StreamName stream, long revision) {
    return binary(
        RecordedEvent.LINK_TYPE, (revision + "@" + stream).getBytes(StandardCharsets.UTF_8));
  }

  /// This event with another id.
  ///
  /// @param id the id
  /// @return the new event
  public ProposedEvent withId(UUID id) {
    return new ProposedEvent(id, type, contentType, data, metadata, tags);
  }

  /// This event with metadata.
  ///
  /// @param json one JSON value; not checked
  /// @return the new event
  public ProposedEvent withMetadata(String json) {
    return withMetadata(json.getBytes(StandardCharsets.UTF_8));
  }

  /// This event with metadata.
  ///
  /// @param metadata any bytes, JSON by convention
  /// @return the new event
  public ProposedEvent withMetadata(byte[] metadata) {
    return new ProposedEvent(id, type, contentType, data, metadata, tags);
  }

  /// This event with these tags instead of its own.
  ///
  /// @param tags the tags
  /// @return the new event
  public ProposedEvent withTags(Tag... tags) {
    return new ProposedEvent(id, type, contentType, data, metadata, List.of(tags));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ProposedEvent that
        && id.equals(that.id)
        && type.equals(that.type)
        && contentType == that.contentType
        && Arrays.equals(data, that.data)
        && Arrays.equals(metadata, that.metadata)
        && tags.equals(that.tags);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return "%s %s (%d bytes)".formatted(type, id, data.length);
  }
}
