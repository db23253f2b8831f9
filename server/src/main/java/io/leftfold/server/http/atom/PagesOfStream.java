// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.VirtualStream;
import io.leftfold.server.http.atom.feed.Feed;
import io.leftfold.server.http.atom.feed.Link;
import io.leftfold.server.http.atom.feed.Urls;
import io.leftfold.server.node.MeasuredRead;
import io.leftfold.server.node.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Pages of one stream: ranges of revisions, known by the stream's state alone, so that what a page
/// says of itself can be written before its events are read.
///
/// @param session who reads
/// @param stream which
/// @param resolveLinks whether links are followed
record PagesOfStream(Session session, StreamName stream, boolean resolveLinks) {

  /// @param low the first revision that may be on the page
  /// @param high the last; below the first if the page has no events
  /// @param older where the page with the next older events begins; −1 if there are none
  /// @param newer where the page with the next newer events begins; −1 if it is not told
  /// @param isAtEnd whether nothing is newer
  private record Range(long low, long high, long older, long newer, boolean isAtEnd) {}

  /// Opens a page.
  ///
  /// @return empty if there is no such stream
  Optional<Page> open(Place place, Urls urls) {
    return place.isForward() ? forward(place, urls) : backward(place, urls);
  }

  private MeasuredRead.OfStream read(long from, long limit) {
    var options = ReadOptions.backwards().from(from).limit(limit);
    return session.read(stream, resolveLinks ? options.resolvingLinks() : options);
  }

  private boolean hasGaps() {
    return stream.virtual().orElse(null) instanceof VirtualStream.Correlation;
  }

  // ---- older events

  private Optional<Page> backward(Place place, Urls urls) {
    var read = read(place.isHead() ? ReadOptions.END : place.from(), place.count());
    if (!(read.state() instanceof StreamState.Present(var first, var last))) {
      read.close();
      return Optional.empty();
    }
    var from = place.isHead() ? last : place.from();
    var lowest = hasGaps() ? lowest(from, place.count()) : from - place.count() + 1;
    var events = new Peeking(read.iterator(), event -> event.original().revision() >= lowest);
    var older = lowest <= first || !events.hasNext() ? -1 : lowest - 1;
    var range =
        new Range(
            Math.max(lowest, first),
            Math.min(from, last),
            older,
            Math.min(from, last) + 1,
            from >= last);
    var feed =
        feed(place, range, urls, events, place.isHead() ? Optional.of(last) : Optional.empty());
    return Optional.of(new Page(feed, events, !range.isAtEnd, last, read));
  }

  /// Of events with gaps between their revisions, the last that is on a page.
  private long lowest(long from, int count) {
    try (var read = read(from, count)) {
      var lowest = 0L;
      var found = 0;
      for (var event : read) {
        lowest = event.original().revision();
        found++;
      }
      return found < count ? 0 : lowest;
    }
  }

  // ---- newer events

  private Optional<Page> forward(Place place, Urls urls) {
    var start = place.from();
    var read = read(highest(start, place.count()), place.count());
    if (read.state() instanceof StreamState.Present(var first, _) && first > start && !hasGaps()) {
      read.close();
      start = first;
      read = read(highest(start, place.count()), place.count());
    }
    if (!(read.state() instanceof StreamState.Present(_, var last))) {
      read.close();
      return Optional.empty();
    }
    var low = start;
    var wanted = highest(low, place.count());
    var events = new Peeking(read.iterator(), event -> event.original().revision() >= low);
    var isAtEnd = wanted >= last;
    var newer = !isAtEnd || events.hasNext() ? Math.min(wanted, last) + 1 : -1;
    var range = new Range(low, Math.min(wanted, last), place.from() - 1, newer, isAtEnd);
    var isFinal = !isAtEnd && low == place.from();
    var feed = feed(place, range, urls, events, Optional.empty());
    return Optional.of(new Page(feed, events, isFinal, last, read));
  }

  /// The last revision that is on a page.
  private long highest(long from, int count) {
    if (!hasGaps()) {
      return from > ReadOptions.END - 1 - count ? ReadOptions.END - 1 : from + count - 1;
    }
    var highest = from;
    var found = 0;
    try (var read = session.read(stream, ReadOptions.forwards().from(from).limit(count))) {
      for (var event : read) {
        highest = event.original().revision();
        found++;
      }
    }
    return found < count ? ReadOptions.END - 1 : highest;
  }

  // ---- what a page says of itself

  private Feed feed(
      Place place, Range range, Urls urls, Peeking events, Optional<Long> lastIfHead) {
    var self = urls.stream(stream.value());
    return new Feed(
        "Event stream '%s'".formatted(stream),
        self,
        events.updated(),
        Optional.of(stream.value()),
        range.isAtEnd,
        place.isForward() ? Optional.empty() : Optional.of(self),
        lastIfHead.map(String::valueOf),
        links(self, range, place.count()));
  }

  private static List<Link> links(String self, Range range, int count) {
    var links = new ArrayList<Link>();
    links.add(new Link(self, "self"));
    links.add(new Link("%s/head/backward/%d".formatted(self, count), "first"));
    if (range.older >= 0) {
      links.add(new Link("%s/0/forward/%d".formatted(self, count), "last"));
      links.add(new Link("%s/%d/backward/%d".formatted(self, range.older, count), "next"));
    }
    if (range.newer >= 0) {
      links.add(new Link("%s/%d/forward/%d".formatted(self, range.newer, count), "previous"));
    }
    links.add(new Link(self + "/metadata", "metadata"));
    return links;
  }
}
