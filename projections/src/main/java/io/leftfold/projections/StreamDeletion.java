// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.RecordedEvent;
import java.util.Optional;
import java.util.regex.Pattern;

/// A stream was deleted.
///
/// @param stream its name
/// @param soft whether it may be written to again
public record StreamDeletion(String stream, boolean soft) {

  /// A number that only this key of the metadata of a stream can have.
  private static final Pattern TRUNCATED_FOR_EVER =
      Pattern.compile("\"\\$tb\"\\s*:\\s*" + Long.MAX_VALUE + "\\b");

  /// What an event says of a deletion: the tombstone of a stream, or metadata by which all of it is
  /// truncated.
  ///
  /// @param event any event
  /// @return the deletion, if it tells of one
  public static Optional<StreamDeletion> of(RecordedEvent event) {
    if (event.type().equals(RecordedEvent.TOMBSTONE_TYPE)) {
      return Optional.of(new StreamDeletion(event.stream().value(), false));
    }
    if (event.type().equals(RecordedEvent.METADATA_TYPE)
        && event.stream().isMetastream()
        && TRUNCATED_FOR_EVER.matcher(event.dataAsText()).find()) {
      return Optional.of(new StreamDeletion(event.stream().original().value(), true));
    }
    return Optional.empty();
  }
}
