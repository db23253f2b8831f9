// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// How far a follower has come in what it follows, recorded together with what it made of it: so
/// each of the followed events has its effect exactly once.
///
/// It is the last event of the stream [#stream()], a `$tracking` event with the data
/// `{"position":<position>}`, which the store writes. Deleting that stream forgets the source.
///
/// @param source names what is followed, 1 to [#SOURCE_BYTES_MAX] bytes of UTF-8
/// @param position in the source, from 0; must be greater than the one recorded before
public record Tracking(String source, long position) {

  /// The longest source, in bytes of UTF-8.
  public static final int SOURCE_BYTES_MAX = 1024;

  /// The type of the event that says how far a follower has come.
  public static final String EVENT_TYPE = "$tracking";

  private static final String STREAM_PREFIX = "$tracking-";

  /// Checks the parts.
  ///
  /// @throws IllegalArgumentException if the source is empty or too long, or the position negative
  public Tracking {
    requireSource(source);
    if (position < 0) {
      throw new IllegalArgumentException(
          "A position in %s is 0 or greater, got %d".formatted(source, position));
    }
  }

  /// Where it is recorded.
  ///
  /// @return `$tracking-<source>`
  public StreamName stream() {
    return streamOf(source);
  }

  /// Where the position of a source is recorded.
  ///
  /// @param source names what is followed
  /// @return `$tracking-<source>`
  /// @throws IllegalArgumentException if the source is empty or too long
  public static StreamName streamOf(String source) {
    requireSource(source);
    return StreamName.of(STREAM_PREFIX + source);
  }

  /// Whether a stream records the position of a source.
  ///
  /// @param stream the stream
  /// @return whether its name begins so
  public static boolean isRecordedIn(StreamName stream) {
    return stream.value().startsWith(STREAM_PREFIX);
  }

  private static void requireSource(String source) {
    var bytes = StreamName.utf8Length(source, "A source");
    if (bytes == 0 || bytes > SOURCE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "A source has 1 to %d bytes of UTF-8, got %d".formatted(SOURCE_BYTES_MAX, bytes));
    }
  }
}
