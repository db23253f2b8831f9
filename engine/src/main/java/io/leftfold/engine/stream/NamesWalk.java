// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.engine.index.Postings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Goes along the postings of all names that a filter wants, in place of testing the name of every
/// record: the names in the index are fewer than the records.
///
/// It looks through the names once, when it is first asked where to go, and up to a bound: through
/// those that begin as the filter demands, else through all. What was recorded later may have new
/// names; there another walk is taken. So it is when there are too many names, or when they want so
/// much that going from one of their events to the next is no gain.
final class NamesWalk implements PositionWalk {

  /// How many names are looked at, at most, and how many steps that may take.
  private static final int NAMES_MAX = 10_000;

  private static final long STEPS_MAX = 1_000_000;

  /// How many names are gone along at once, at most. Each costs a search for each event.
  private static final int KEYS_MAX = 64;

  private final Names names;
  private final Function<String, Postings> postings;
  private final NameTest test;
  private final PositionWalk otherwise;
  private final long end;
  private @Nullable PositionWalk below;

  /// Gives the names that begin with a prefix, unless they are too many.
  @FunctionalInterface
  interface Names {
    /// The names there are, perhaps with newer ones among them; empty if they are more than a
    /// number.
    Optional<List<String>> beginningWith(String prefix, int most);
  }

  /// @param names all there are
  /// @param postings of a name
  /// @param otherwise where to go when this is no gain
  /// @param end of the log, now
  NamesWalk(
      Names names,
      Function<String, Postings> postings,
      NameTest test,
      PositionWalk otherwise,
      long end) {
    this.names = names;
    this.postings = postings;
    this.test = test;
    this.otherwise = otherwise;
    this.end = end;
  }

  @Override
  public long next(long from, long limit) {
    if (from < end) {
      var position = below().next(from, Math.min(end, limit));
      if (position != NONE) {
        return position;
      }
    }
    return limit > end ? otherwise.next(Math.max(from, end), limit) : NONE;
  }

  @Override
  public long previous(long limit) {
    if (limit > end) {
      var position = otherwise.previous(limit);
      if (position >= end) {
        return position;
      }
    }
    return below().previous(Math.min(end, limit));
  }

  private PositionWalk below() {
    var walk = below;
    if (walk == null) {
      walk = along();
      below = walk;
    }
    return walk;
  }

  private PositionWalk along() {
    var wanted = new ArrayList<Along>();
    var events = 0L;
    var looked = 0;
    var steps = 0L;
    for (var prefix : prefixes()) {
      var some = names.beginningWith(prefix, NAMES_MAX - looked);
      if (some.isEmpty()) {
        return otherwise;
      }
      looked += some.get().size();
      for (var name : some.get()) {
        steps += test.steps(name);
        if (steps > STEPS_MAX) {
          return otherwise;
        }
        if (test.wants(name)) {
          var positions = postings.apply(name);
          events += positions.countBelow(end);
          wanted.add(new Along(positions));
          if (wanted.size() > KEYS_MAX) {
            return otherwise;
          }
        }
      }
    }
    return isGain(events, wanted.size()) ? new AlongAny(wanted) : otherwise;
  }

  /// What the names that are wanted begin with; none of these begins with another.
  private List<String> prefixes() {
    var all = test.prefixes();
    return all.isEmpty()
        ? List.of("")
        : all.stream()
            .distinct()
            .filter(prefix ->
                all.stream().noneMatch(other -> !other.equals(prefix) && prefix.startsWith(other)))
            .toList();
  }

  /// Finding the next event takes a search in the list of each name; testing every record takes the
  /// time of about one search each.
  private boolean isGain(long events, int names) {
    return events * (names + 2) < end;
  }
}
