// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The positions of the events of one key, over all parts. Looks at each question whether the row
/// of parts has changed, and looks the key up again if so.
sealed class KeyPostings implements Postings permits StreamPostings {

  private static final Part[] NO_PARTS = {};
  private static final PartPostings[] NO_LISTS = {};
  private static final long[] NO_ORDINALS = {};

  private final Row row;
  private final IndexKey key;

  private Part[] seen = NO_PARTS;

  // One entry for each part that has the key, in order; the live table has one as soon as it has
  // the key, and it is the last.
  private int found;
  private Part[] parts = NO_PARTS;
  private @Nullable PartPostings[] lists = NO_LISTS;
  private long[] ordinals = NO_ORDINALS;
  private boolean isInLiveTable;
  private int last;

  KeyPostings(Row row, IndexKey key) {
    this.row = row;
    this.key = key;
  }

  @Override
  public final long countBelow(long end) {
    while (true) {
      refresh();
      try {
        return countBelowNow(end);
      } catch (IllegalStateException e) {
        requireChanged(e);
      }
    }
  }

  private long countBelowNow(long end) {
    for (var i = found - 1; i >= 0; i--) {
      var first = parts[i].first();
      if (first < end) {
        var list = list(i);
        var count = list.count();
        return ordinals[i]
            + (isBelow(end, i, list, count) ? count : list.ordinalOf(end - first, count));
      }
    }
    return 0;
  }

  /// Whether all positions of a list lie below an end. The live table's own end is still moving.
  private boolean isBelow(long end, int i, PartPostings list, long count) {
    if (isInLiveTable && i == found - 1) {
      return parts[i].first() + list.at(count - 1) < end;
    }
    return parts[i].end() <= end;
  }

  @Override
  public final long at(long ordinal) {
    while (true) {
      try {
        return atNow(ordinal);
      } catch (IllegalStateException e) {
        requireChanged(e);
        refresh();
      }
    }
  }

  private long atNow(long ordinal) {
    if (seen.length == 0) {
      refresh(); // the last look-up was not completed
    }
    var i = last;
    if (i >= found || ordinal < ordinals[i] || (i + 1 < found && ordinal >= ordinals[i + 1])) {
      i = found - 1;
      while (ordinals[i] > ordinal) {
        i--;
      }
      last = i;
    }
    return parts[i].first() + list(i).at(ordinal - ordinals[i]);
  }

  @Override
  public final long next(long from, long end) {
    while (true) {
      refresh();
      try {
        var count = countBelowNow(end);
        var ordinal = ordinalOfNow(from, count);
        return ordinal < count ? atNow(ordinal) : NONE;
      } catch (IllegalStateException e) {
        requireChanged(e);
      }
    }
  }

  @Override
  public final long previous(long below) {
    while (true) {
      refresh();
      try {
        var count = countBelowNow(below);
        return count > 0 ? atNow(count - 1) : NONE;
      } catch (IllegalStateException e) {
        requireChanged(e);
      }
    }
  }

  @Override
  public final long ordinalOf(long position, long count) {
    while (true) {
      try {
        return ordinalOfNow(position, count);
      } catch (IllegalStateException e) {
        requireChanged(e);
        refresh();
      }
    }
  }

  private long ordinalOfNow(long position, long count) {
    if (seen.length == 0) {
      refresh();
    }
    for (var i = found - 1; i >= 0; i--) {
      var first = parts[i].first();
      if (first < position && ordinals[i] < count) {
        var list = list(i);
        return ordinals[i]
            + list.ordinalOf(position - first, Math.min(list.count(), count - ordinals[i]));
      }
    }
    return 0;
  }

  /// Whether the n-th event has revision n, for all n.
  final boolean areOrdinalsRevisions() {
    while (true) {
      refresh();
      try {
        for (var i = 0; i < found; i++) {
          if (list(i).firstRevision() != ordinals[i] || !list(i).isConsecutive()) {
            return false;
          }
        }
        return true;
      } catch (IllegalStateException e) {
        requireChanged(e);
      }
    }
  }

  private PartPostings list(int i) {
    var list = lists[i];
    if (list == null) {
      throw new IllegalStateException("no list");
    }
    return list;
  }

  @SuppressWarnings("ReferenceEquality") // a new row is a new array
  private void refresh() {
    var now = row.parts();
    while (now != seen) {
      try {
        lookUp(now);
      } catch (IllegalStateException e) {
        row.requireChangedSince(now, e);
        now = row.parts();
        continue;
      }
      seen = now;
    }
    if (!isInLiveTable) {
      isInLiveTable = add(seen[seen.length - 1]);
    }
  }

  private void lookUp(Part[] now) {
    found = 0;
    last = 0;
    isInLiveTable = false;
    seen = NO_PARTS;
    for (var i = 0; i < now.length - 1; i++) {
      add(now[i]);
    }
  }

  private boolean add(Part part) {
    var list = part.find(key);
    if (list == null) {
      return false;
    }
    if (found == parts.length) {
      var room = Math.max(4, 2 * found);
      parts = Arrays.copyOf(parts, room);
      lists = Arrays.copyOf(lists, room);
      ordinals = Arrays.copyOf(ordinals, room);
    }
    parts[found] = part;
    lists[found] = list;
    ordinals[found] = found == 0 ? 0 : ordinals[found - 1] + list(found - 1).count();
    found++;
    return true;
  }

  /// Passes on a failure that was not the end of a segment that has been merged.
  private void requireChanged(IllegalStateException failure) {
    row.requireChangedSince(seen, failure);
  }
}
