// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.feed;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a page says before its entries.
///
/// @param title for people
/// @param id the URL that stands for it
/// @param updated when its newest event was recorded; empty if it has none
/// @param streamId the stream; empty for all of them
/// @param isHead whether nothing is newer than its newest event
/// @param selfUrl its URL, where it is told apart from the id
/// @param tag tells it from what will be at its URL later; empty if that is nothing else
/// @param links where it leads
public record Feed(
    String title,
    String id,
    Optional<Instant> updated,
    Optional<String> streamId,
    boolean isHead,
    Optional<String> selfUrl,
    Optional<String> tag,
    List<Link> links) {

  static final String AUTHOR = "Kurrent";

  /// Copies the links.
  public Feed {
    links = List.copyOf(links);
  }

  /// With another tag.
  ///
  /// @param tag tells it from what will be at its URL later
  /// @return the new feed
  public Feed tagged(Optional<String> tag) {
    return new Feed(title, id, updated, streamId, isHead, selfUrl, tag, links);
  }
}
