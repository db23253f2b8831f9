// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventSink;
import io.leftfold.api.EventView;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.server.group.GroupId;
import io.leftfold.server.http.atom.feed.Feed;
import io.leftfold.server.http.atom.feed.Link;
import io.leftfold.server.http.atom.feed.Urls;
import io.leftfold.server.http.exchange.Presence;
import io.leftfold.server.node.Session;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Pages of all streams, or of those events that a filter lets through. A first pass counts the
/// events of the page, for positions have gaps; so a page that has less than was asked for is the
/// last one.
///
/// The notes of groups that read everything are passed over, as on KurrentDB's other wire.
///
/// @param session who reads
/// @param filter which events
/// @param question what the filter is in a URL, with its question mark; empty if there is none
/// @param resolveLinks whether links are followed
/// @param presence whether the caller is still there, for looking may take long
record PagesOfAll(
    Session session, EventFilter filter, String question, boolean resolveLinks, Presence presence) {

  private static final String TITLE = "All events";

  /// Which events a page has.
  ///
  /// @param lowest the position of the oldest; −1 if there are none
  /// @param highest the position of the newest; −1 if there are none
  /// @param count how many they are
  private record Range(long lowest, long highest, int count) {}

  private boolean isFiltered() {
    return !(filter instanceof EventFilter.Everything);
  }

  /// The position that the next event will get.
  long end() {
    return session.lastPosition().map(last -> last + 1).orElse(0L);
  }

  /// Opens a page.
  Page open(Place place, Urls urls) {
    var end = end();
    var from = place.isHead() ? end : place.from();
    var range = range(from, place);
    // Backwards a read begins before a position.
    var read = session.readAll(options(ReadOptions.backwards()).from(range.highest + 1));
    var events =
        new Peeking(
            new Shown(read.iterator()),
            event -> range.count > 0 && event.original().position() >= range.lowest);
    var isShort = range.count < place.count();
    var isAtEnd = place.isForward() ? isShort || range.highest + 1 == end : from == end;
    var feed =
        new Feed(
            TITLE,
            self(urls),
            events.updated(),
            Optional.empty(),
            isAtEnd,
            Optional.empty(),
            place.isHead() ? Optional.of(Long.toString(end - 1)) : Optional.empty(),
            links(place, from, range, isShort, isAtEnd, urls));
    var isFinal = !isAtEnd && !(place.isForward() && isShort);
    return new Page(feed, events, isFinal, end - 1, read);
  }

  private ReadOptions options(ReadOptions direction) {
    var filtered = direction.filteredBy(filter);
    return resolveLinks ? filtered.resolvingLinks() : filtered;
  }

  private Range range(long from, Place place) {
    var counting = new Counting();
    var direction = place.isForward() ? ReadOptions.forwards() : ReadOptions.backwards();
    try (var read = session.readAll(direction.filteredBy(filter).from(from))) {
      while (counting.count < place.count() && !presence.isGone() && read.next(counting)) {
        // The sink counts.
      }
    }
    return new Range(counting.lowest, counting.highest, counting.count);
  }

  /// Counts the events of a page, without more of them than where they are.
  private static final class Counting implements EventSink {
    private long lowest = -1;
    private long highest = -1;
    private int count;

    @Override
    public void event(EventView event) {
      if (event.streamLength() >= GroupId.NOTE_OF_GROUP_ON_ALL_MIN && isNote(event)) {
        return;
      }
      var position = event.position();
      lowest = count == 0 ? position : Math.min(lowest, position);
      highest = Math.max(highest, position);
      count++;
    }

    private static boolean isNote(EventView event) {
      var name = new byte[event.streamLength()];
      event.copyStream(name, 0);
      return GroupId.isNoteOfGroupOnAll(new String(name, StandardCharsets.UTF_8));
    }

    @Override
    public void resolved(ResolvedEvent resolved) {
      throw new IllegalStateException("No links were to be followed");
    }
  }

  /// Passes over what is not shown.
  private static final class Shown implements java.util.Iterator<ResolvedEvent> {
    private final java.util.Iterator<ResolvedEvent> events;
    private Optional<ResolvedEvent> next = Optional.empty();

    Shown(java.util.Iterator<ResolvedEvent> events) {
      this.events = events;
    }

    @Override
    public boolean hasNext() {
      while (next.isEmpty() && events.hasNext()) {
        var event = events.next();
        if (!GroupId.isNoteOfGroupOnAll(event.original().stream().value())) {
          next = Optional.of(event);
        }
      }
      return next.isPresent();
    }

    @Override
    public ResolvedEvent next() {
      if (!hasNext()) {
        throw new java.util.NoSuchElementException();
      }
      var event = next.orElseThrow();
      next = Optional.empty();
      return event;
    }
  }

  // ---- links

  private String self(Urls urls) {
    return urls.stream("$all") + (isFiltered() ? "/filtered" : "") + question;
  }

  private List<Link> links(
      Place place, long from, Range range, boolean isShort, boolean isAtEnd, Urls urls) {
    var root = urls.stream("$all") + (isFiltered() ? "/filtered" : "");
    var links = new ArrayList<Link>();
    links.add(new Link(self(urls), "self"));
    links.add(new Link("%s/head/backward/%d%s".formatted(root, place.count(), question), "first"));
    var older = range.count > 0 ? range.lowest : from;
    if (place.isForward() ? older > 0 : !isShort && older > 0) {
      links.add(page(root, 0, "forward", place, "last"));
      links.add(page(root, older, "backward", place, "next"));
    }
    if (!place.isForward()) {
      links.add(page(root, from, "forward", place, "previous"));
      if (!isFiltered()) {
        links.add(new Link(root + "/metadata", "metadata"));
      }
    } else if (!isAtEnd || range.count > 0) {
      links.add(page(root, range.highest + 1, "forward", place, "previous"));
    }
    return links;
  }

  private Link page(String root, long position, String direction, Place place, String relation) {
    return new Link(
        "%s/%s/%s/%d%s"
            .formatted(root, Positions.text(position), direction, place.count(), question),
        relation);
  }
}
