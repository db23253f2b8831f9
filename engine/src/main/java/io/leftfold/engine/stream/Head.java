// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import java.util.OptionalLong;

/// What the writer knows of a stream, the commits of the present batch included.
final class Head {
  final StreamName name;

  /// What the stream is known by among the recent ids.
  final long key;

  long lastRevision;
  boolean tombstoned;
  StreamMetadata metadata;
  byte[] metadataJson;
  boolean hasMetadata;

  /// What the last event says, if this is the stream of a followed source.
  OptionalLong lastTracked = OptionalLong.empty();

  /// Behind the position that was written last in the stream, by this writer: its records cannot be
  /// read back before the log ends there.
  long writtenUntil;

  Head(StreamName name, long key, StreamView view) {
    this.name = name;
    this.key = key;
    this.lastRevision = view.lastRevision();
    this.tombstoned = view.tombstoned();
    this.metadata = view.metadata();
    this.metadataJson = view.metadataJson();
    this.hasMetadata = view.hasMetadata();
  }

  boolean isDeleted() {
    return StreamView.isDeleted(metadata);
  }

  boolean exists() {
    return !isDeleted() && (lastRevision >= 0 || hasMetadata);
  }

  /// How far the follower of the source has come.
  OptionalLong tracked() {
    return tombstoned || isDeleted() ? OptionalLong.empty() : lastTracked;
  }

  StreamState state() {
    return StreamView.state(
        tombstoned, isDeleted(), StreamView.firstVisible(metadata, lastRevision), lastRevision);
  }
}
