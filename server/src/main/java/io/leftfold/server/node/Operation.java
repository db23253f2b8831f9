// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import java.util.Locale;

/// What a node can be asked to write or to read.
public enum Operation {
  /// Appending to one stream or several.
  APPEND,
  /// Deleting a stream softly.
  DELETE,
  /// Closing a stream for ever.
  TOMBSTONE,
  /// Replacing the metadata of a stream.
  WRITE_METADATA,
  /// Reading one stream.
  READ_STREAM,
  /// Reading all streams.
  READ_ALL,
  /// Reading what matches a query.
  READ_QUERY;

  /// The name in metrics and logs.
  ///
  /// @return in lower case
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
