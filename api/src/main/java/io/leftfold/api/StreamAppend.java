// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.util.List;

/// What one commit does to one stream.
///
/// @param stream the stream
/// @param expected what the writer believes about it
/// @param events what to record, in order; none to check only
public record StreamAppend(StreamName stream, ExpectedState expected, List<ProposedEvent> events) {
  /// Copies the list.
  public StreamAppend {
    events = List.copyOf(events);
  }

  /// One stream's part in a commit.
  ///
  /// @param stream the stream
  /// @param expected what the writer believes about it
  /// @param events what to record, in order
  /// @return the part
  public static StreamAppend of(
      StreamName stream, ExpectedState expected, ProposedEvent... events) {
    return new StreamAppend(stream, expected, List.of(events));
  }
}
