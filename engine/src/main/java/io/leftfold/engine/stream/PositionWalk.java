// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.EventFilter;
import io.leftfold.api.Query;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.index.Postings;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Goes from position to position, as the index allows.
interface PositionWalk {

  /// Stands for "no further".
  long NONE = Postings.NONE;

  /// The first position at or behind one, below an end; otherwise [#NONE].
  long next(long from, long end);

  /// The last position below one; otherwise [#NONE].
  long previous(long below);

  /// The walk for a filter. It gives every event that the filter may want, and perhaps others.
  ///
  /// @param end of the log, now
  static PositionWalk of(EventFilter filter, Index index, long end) {
    if (!index.isWhole()) {
      return filter instanceof EventFilter.Everything
          ? new Everywhere()
          : new WalkWithoutIndex(filter, index, end);
    }
    return switch (filter) {
      case EventFilter.Category(var category) -> new Along(index.category(category));
      case EventFilter.Types(var types) ->
          new AlongAny(types.stream().map(index::type).map(Along::new).toList());
      case EventFilter.Tagged(var tags) ->
          new AlongAll(tags.stream().map(tag -> new Along(index.tag(tag.value()))).toList());
      case EventFilter.Matching(var query) -> of(query, index);
      case EventFilter.Everything() -> new Everywhere();
      case EventFilter.StreamPrefix(var prefixes) ->
          alongStreams(NameTest.beginning(prefixes), index, end);
      case EventFilter.StreamRegex(var regex) -> alongStreams(NameTest.finding(regex), index, end);
      case EventFilter.TypePrefix(var prefixes) ->
          alongTypes(NameTest.beginning(prefixes), index, end);
      case EventFilter.TypeRegex(var regex) -> alongTypes(NameTest.finding(regex), index, end);
    };
  }

  /// The walk for a query: any of the items, each along all of its tags and any of its types.
  private static PositionWalk of(Query query, Index index) {
    var items = query.items().stream().map(item -> of(item, index)).toList();
    if (items.isEmpty() || items.stream().anyMatch(Everywhere.class::isInstance)) {
      return new Everywhere();
    }
    return items.size() == 1 ? items.getFirst() : new AlongAny(items);
  }

  private static PositionWalk of(Query.Item item, Index index) {
    var keys = new ArrayList<PositionWalk>();
    for (var tag : item.tags()) {
      keys.add(new Along(index.tag(tag.value())));
    }
    if (!item.types().isEmpty()) {
      keys.add(
          item.types().size() == 1
              ? new Along(index.type(item.types().iterator().next()))
              : new AlongAny(item.types().stream().map(index::type).map(Along::new).toList()));
    }
    return switch (keys.size()) {
      case 0 -> new Everywhere();
      case 1 -> keys.getFirst();
      default -> new AlongAll(keys);
    };
  }

  private static PositionWalk alongTypes(NameTest test, Index index, long end) {
    return new NamesWalk(index::typeNames, index::type, test, new Everywhere(), end);
  }

  private static PositionWalk alongStreams(NameTest test, Index index, long end) {
    return new NamesWalk(
        index::streamNames, index::stream, test, alongCategories(test, index), end);
  }

  /// What begins with `account-1` is in the category `account`.
  private static PositionWalk alongCategories(NameTest test, Index index) {
    var categories = new TreeSet<String>();
    for (var prefix : test.prefixes()) {
      var dash = prefix.indexOf('-');
      if (dash <= 0 || prefix.startsWith("$")) {
        return new Everywhere();
      }
      categories.add(prefix.substring(0, dash));
    }
    return categories.isEmpty()
        ? new Everywhere()
        : new AlongAny(categories.stream().map(index::category).map(Along::new).toList());
  }

  /// Every position.
  record Everywhere() implements PositionWalk {
    @Override
    public long next(long from, long end) {
      return from < end ? from : NONE;
    }

    @Override
    public long previous(long below) {
      return below - 1;
    }
  }

  /// The positions of one key.
  ///
  /// @param postings of the key
  record Along(Postings postings) implements PositionWalk {
    @Override
    public long next(long from, long end) {
      return postings.next(from, end);
    }

    @Override
    public long previous(long below) {
      return postings.previous(below);
    }
  }

  /// The positions of any of several keys.
  ///
  /// @param keys of all; without any there is nothing
  record AlongAny(List<? extends PositionWalk> keys) implements PositionWalk {
    @Override
    public long next(long from, long end) {
      var first = NONE;
      for (var key : keys) {
        var position = key.next(from, end);
        if (position != NONE && (first == NONE || position < first)) {
          first = position;
        }
      }
      return first;
    }

    @Override
    public long previous(long below) {
      var last = NONE;
      for (var key : keys) {
        last = Math.max(last, key.previous(below));
      }
      return last;
    }
  }

  /// The positions that several keys have in common: each key leaps to where the one before stands.
  ///
  /// @param keys at least one
  record AlongAll(List<? extends PositionWalk> keys) implements PositionWalk {

    /// After so many leaps without agreement it is time to let others have a turn: the candidate is
    /// given as it is, for the record itself tells whether it is wanted.
    private static final int LEAPS_MAX = 1000;

    @Override
    public long next(long from, long end) {
      var candidate = from;
      var leaps = 0;
      for (var agreed = 0; agreed < keys.size() && leaps < LEAPS_MAX; leaps++) {
        var position = keys.get(agreed).next(candidate, end);
        if (position == NONE) {
          return NONE;
        }
        agreed = position == candidate ? agreed + 1 : (agreed == 0 ? 1 : 0);
        candidate = position;
      }
      return candidate;
    }

    @Override
    public long previous(long below) {
      var candidate = below - 1;
      var leaps = 0;
      for (var agreed = 0; agreed < keys.size() && leaps < LEAPS_MAX; leaps++) {
        var position = keys.get(agreed).previous(candidate + 1);
        if (position == NONE) {
          return NONE;
        }
        agreed = position == candidate ? agreed + 1 : (agreed == 0 ? 1 : 0);
        candidate = position;
      }
      return candidate;
    }
  }
}
