// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// What a decision rests on: events by type and tag, whatever stream they are in.
///
/// An event matches if any of the items matches it. Without items every event matches. Never
/// matched are the store's own events: those whose type, or the name of whose stream, begins with
/// `$`.
///
/// ```java
/// var seats = Query.of(
///     Query.tagged(Tag.of("course", "c1")).ofTypes("CourseDefined", "SeatTaken"),
///     Query.tagged(Tag.of("student", "s7")));
/// ```
///
/// @param items any of them suffices; none for every event
public record Query(List<Item> items) {

  /// The most types and tags of all items together: conditions are looked at while others wait.
  public static final int WORDS_MAX = 1024;

  private static final Query EVERYTHING = new Query(List.of());

  /// Copies the list.
  ///
  /// @throws IllegalArgumentException if there are too many types and tags
  public Query {
    items = List.copyOf(items);
    var words = 0L;
    for (var item : items) {
      words += Math.max(1, item.types.size() + item.tags.size());
    }
    if (words > WORDS_MAX) {
      throw new IllegalArgumentException(
          "A query has at most %d types and tags, got %d; ask for less, or by fewer words"
              .formatted(WORDS_MAX, words));
    }
  }

  /// Every event.
  ///
  /// @return the query
  public static Query everything() {
    return EVERYTHING;
  }

  /// Events that any of the items matches.
  ///
  /// @param items any of them suffices; none for every event
  /// @return the query
  public static Query of(Item... items) {
    return new Query(List.of(items));
  }

  /// Events that carry all of these tags.
  ///
  /// @param tags all are needed
  /// @return an item of a query
  public static Item tagged(Tag... tags) {
    return new Item(Set.of(), Set.copyOf(List.of(tags)));
  }

  /// Events of any of these types.
  ///
  /// @param types any of them suffices
  /// @return an item of a query
  public static Item typed(String... types) {
    return new Item(Set.copyOf(List.of(types)), Set.of());
  }

  /// This query, and what another item matches besides.
  ///
  /// @param item one more
  /// @return the new query; of [#everything()] it is only the item
  public Query or(Item item) {
    var all = new ArrayList<>(items);
    all.add(item);
    return new Query(all);
  }

  /// Whether an event matches.
  ///
  /// @param event the event
  /// @return whether it does
  public boolean matches(RecordedEvent event) {
    return matches(event.stream(), event.type(), event.tags());
  }

  /// Whether an event would match.
  ///
  /// @param stream its stream
  /// @param type its type
  /// @param tags its tags
  /// @return whether it would
  public boolean matches(StreamName stream, String type, Collection<Tag> tags) {
    if (stream.isSystem() || type.startsWith("$")) {
      return false;
    }
    if (items.isEmpty()) {
      return true;
    }
    for (var item : items) {
      if (item.matches(type, tags)) {
        return true;
      }
    }
    return false;
  }

  /// One way to match: any of the types, and all of the tags.
  ///
  /// @param types any of them suffices; none for every type
  /// @param tags all are needed; none for every event
  public record Item(Set<String> types, Set<Tag> tags) {

    /// Copies the sets.
    public Item {
      types = Set.copyOf(types);
      tags = Set.copyOf(tags);
    }

    /// This item, of these types only.
    ///
    /// @param types any of them suffices; none for every type
    /// @return the new item
    public Item ofTypes(String... types) {
      return new Item(Set.copyOf(List.of(types)), tags);
    }

    boolean matches(String type, Collection<Tag> tagsOfEvent) {
      return (types.isEmpty() || types.contains(type)) && tagsOfEvent.containsAll(tags);
    }
  }
}
