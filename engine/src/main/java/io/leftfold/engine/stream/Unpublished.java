// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.Query;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.engine.log.EncodedRecords;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Events that were written and are not published, to be found by tag and type: there may be as
/// many of them as there are who ask. Owned by the writing thread.
///
/// They are listed when somebody asks, for most appends have no conditions.
final class Unpublished {

  private final ArrayDeque<Events> kept = new ArrayDeque<>();
  private final List<Events> unlisted = new ArrayList<>();
  private final List<Place> everything = new ArrayList<>();
  private final HashMap<Tag, List<Place>> byTag = new HashMap<>();
  private final HashMap<String, List<Place>> byType = new HashMap<>();

  /// Events of one stream that follow each other.
  private record Events(StreamName stream, long firstPosition, EncodedRecords records) {
    long end() {
      return firstPosition + records.count();
    }
  }

  /// One event and where it is.
  private record Place(long position, StreamName stream, String type, List<Tag> tags) {
    boolean matches(Query query) {
      return query.matches(stream, type, tags);
    }
  }

  /// Adds events behind those that were added before.
  void add(StreamName stream, long firstPosition, EncodedRecords records) {
    if (!stream.isSystem()) { // no query matches them
      var added = new Events(stream, firstPosition, records);
      kept.add(added);
      unlisted.add(added);
    }
  }

  /// Forgets events that were published.
  void removeBelow(long end) {
    while (!kept.isEmpty() && kept.element().end() <= end) {
      kept.remove();
    }
    everything.clear();
    byTag.clear();
    byType.clear();
    unlisted.clear();
    unlisted.addAll(kept);
  }

  /// The positions of the first events that match.
  ///
  /// @param from the first position to look at
  /// @param most how many to give
  Collection<Long> matching(Query query, long from, int most) {
    if (kept.isEmpty()) {
      return List.of();
    }
    list();
    var positions = new TreeSet<Long>();
    if (query.items().isEmpty()) {
      addMatching(positions, everything, query, from, most);
    }
    for (var item : query.items()) {
      for (var candidates : candidates(item)) {
        addMatching(positions, candidates, query, from, most);
      }
    }
    while (positions.size() > most) {
      positions.removeLast();
    }
    return positions;
  }

  private static void addMatching(
      Set<Long> positions, List<Place> candidates, Query query, long from, int most) {
    var found = 0;
    for (var candidate : candidates) {
      if (candidate.position >= from && candidate.matches(query)) {
        positions.add(candidate.position);
        if (++found == most) {
          return;
        }
      }
    }
  }

  /// The shortest lists that have all events that an item matches.
  private List<List<Place>> candidates(Query.Item item) {
    var shortest = everything;
    for (var tag : item.tags()) {
      var tagged = byTag.getOrDefault(tag, List.of());
      shortest = tagged.size() < shortest.size() ? tagged : shortest;
    }
    if (item.types().isEmpty()) {
      return List.of(shortest);
    }
    var typed = item.types().stream().map(type -> byType.getOrDefault(type, List.of())).toList();
    return typed.stream().mapToInt(List::size).sum() < shortest.size() ? typed : List.of(shortest);
  }

  private void list() {
    for (var events : unlisted) {
      var records = events.records;
      for (var i = 0; i < records.count(); i++) {
        list(new Place(events.firstPosition + i, events.stream, records.type(i), records.tags(i)));
      }
    }
    unlisted.clear();
  }

  private void list(Place place) {
    everything.add(place);
    byType.computeIfAbsent(place.type, _ -> new ArrayList<>()).add(place);
    for (var tag : place.tags) {
      byTag.computeIfAbsent(tag, _ -> new ArrayList<>()).add(place);
    }
  }
}
