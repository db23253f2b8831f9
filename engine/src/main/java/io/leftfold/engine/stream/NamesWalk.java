// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.engine.index.Postings;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Goes along the postings of all names that a filter wants, in place of testing the name of every
/// record: the names in the index are fewer than the records.
///
/// It looks through the names once, when it is first asked where to go, and up to a bound. What was
/// recorded later may have new names; there another walk is taken. So it is when there are too many
/// names, or when they want so much that going from one of their events to the next is no gain.
final class NamesWalk implements PositionWalk {

  /// How many names are looked at, at most, and how many steps that may take.
  private static final int NAMES_MAX = 10_000;

  private static final long STEPS_MAX = 1_000_000;

  /// How many names are gone along at once, at most. Each costs a search for each event.
  private static final int KEYS_MAX = 64;

  private final Function<String, Iterator<String>> names;
  private final Function<String, Postings> postings;
  private final NameTest test;
  private final PositionWalk otherwise;
  private final long end;
  private @Nullable PositionWalk below;

  /// @param names those that begin with a prefix; there may be newer ones among them
  /// @param postings of a name
  /// @param otherwise where to go when this is no gain
  /// @param end of the log, now
  NamesWalk(
      Function<String, Iterator<String>> names,
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
      for (var all = names.apply(prefix); all.hasNext(); ) {
        var name = all.next();
        steps += test.steps(name);
        if (++looked > NAMES_MAX || steps > STEPS_MAX) {
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

  /// What to look through: no name begins with two of them.
  private List<String> prefixes() {
    var all = test.prefixes().isEmpty() ? List.of("") : test.prefixes();
    return all.stream()
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
