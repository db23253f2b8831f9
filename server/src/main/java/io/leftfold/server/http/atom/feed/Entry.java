// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.feed;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// An event as an entry of a feed.
///
/// @param event what is told: the event, or a link whose event is not
/// @param original the event of the stream that was read
/// @param link the link that led to the event
/// @param stream the stream of what the entry leads to
/// @param revision its number
/// @param extraLinks where the entry leads besides
/// @param retryCount how often it was given before, to a competing consumer
public record Entry(
    RecordedEvent event,
    RecordedEvent original,
    Optional<RecordedEvent> link,
    String stream,
    long revision,
    List<Link> extraLinks,
    OptionalInt retryCount) {

  /// Copies the links.
  public Entry {
    extraLinks = List.copyOf(extraLinks);
  }

  /// Of an event. A link that was not followed, or leads nowhere, is told as what it leads to.
  ///
  /// @param resolved the event
  /// @return its entry
  public static Entry of(ResolvedEvent resolved) {
    var original = resolved.original();
    var event = resolved.event().orElse(original);
    var stream = event.stream().value();
    var revision = event.revision();
    if (event.isLink()) {
      var target = event.dataAsText();
      var at = target.indexOf('@');
      if (at > 0 && target.substring(0, at).matches("[0-9]{1,18}")) {
        stream = target.substring(at + 1);
        revision = Long.parseLong(target.substring(0, at));
      }
    }
    return new Entry(
        event, original, resolved.link(), stream, revision, List.of(), OptionalInt.empty());
  }

  /// For a competing consumer.
  ///
  /// @param links where it says that it is done with the event, or not
  /// @param retryCount how often it was given before
  /// @return the new entry
  public Entry forConsumer(List<Link> links, int retryCount) {
    return new Entry(event, original, link, stream, revision, links, OptionalInt.of(retryCount));
  }

  String title() {
    return revision + "@" + stream;
  }
}
