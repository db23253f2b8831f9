// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/// A fact as the store holds it.
///
/// The arrays are the reader's own, but are not copied again by this record.
///
/// @param position its place in the whole store, from 0
/// @param stream the stream it was appended to
/// @param revision its place in the stream, from 0; [#TOMBSTONE_REVISION] for a tombstone
/// @param id the id it was proposed with
/// @param type what happened
/// @param contentType how `data` is to be understood
/// @param recorded the store's time of the commit, in microseconds, never decreasing
/// @param data the fact
/// @param metadata about the fact; may be empty
/// @param tags what else it can be found by
public record RecordedEvent(
    long position,
    StreamName stream,
    long revision,
    UUID id,
    String type,
    ContentType contentType,
    Instant recorded,
    byte[] data,
    byte[] metadata,
    List<Tag> tags) {

  /// The type of an event that points to another one: its data is `<revision>@<stream>`.
  public static final String LINK_TYPE = "$>";

  /// The type of an event of `$category-<category>`, which names a stream: its data is the name.
  public static final String STREAM_REFERENCE_TYPE = "$@";

  /// The type of the event that holds the metadata of a stream.
  public static final String METADATA_TYPE = "$metadata";

  /// The type of the event that closes a stream for ever.
  public static final String TOMBSTONE_TYPE = "$streamDeleted";

  /// The revision of a tombstone.
  public static final long TOMBSTONE_REVISION = Long.MAX_VALUE;

  /// Takes the parts as they are; only the tags are copied.
  public RecordedEvent {
    tags = List.copyOf(tags);
  }

  /// The data as text.
  ///
  /// @return the data, decoded as UTF-8
  public String dataAsText() {
    return new String(data, StandardCharsets.UTF_8);
  }

  /// The metadata as text.
  ///
  /// @return the metadata, decoded as UTF-8
  public String metadataAsText() {
    return new String(metadata, StandardCharsets.UTF_8);
  }

  /// Whether this event points to another one.
  ///
  /// @return whether its type is `$>`
  public boolean isLink() {
    return type.equals(LINK_TYPE);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordedEvent that
        && position == that.position
        && revision == that.revision
        && stream.equals(that.stream)
        && id.equals(that.id)
        && type.equals(that.type)
        && contentType == that.contentType
        && recorded.equals(that.recorded)
        && Arrays.equals(data, that.data)
        && Arrays.equals(metadata, that.metadata)
        && tags.equals(that.tags);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(position) * 31 + id.hashCode();
  }

  @Override
  public String toString() {
    return "%d: %s %d@%s (%d bytes)".formatted(position, type, revision, stream, data.length);
  }
}
