// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// The stream was closed for ever: it can be neither read nor written again.
public final class StreamTombstonedException extends LeftfoldException {

  private static final long serialVersionUID = 1;

  private final transient StreamName stream;

  /// For a stream.
  ///
  /// @param stream the stream
  public StreamTombstonedException(StreamName stream) {
    super("Stream %s was tombstoned; it can be neither read nor written again".formatted(stream));
    this.stream = stream;
  }

  /// The stream.
  ///
  /// @return its name
  public StreamName stream() {
    return stream;
  }
}
