// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// The texts of the keys of one kind, of all parts, in order, each once. Begins again behind the
/// last name when the parts it goes along are merged meanwhile.
final class KeyTexts implements Iterator<String> {

  private static final Part[] NO_PARTS = {};

  private final Row row;
  private final KeyKind kind;
  private final String prefix;
  private String from;
  private boolean isGiven;
  private List<KeyCursor> cursors = List.of();
  private Part[] seen = NO_PARTS;
  private @Nullable String next;

  KeyTexts(Row row, KeyKind kind, String prefix, String from) {
    this.row = row;
    this.kind = kind;
    this.prefix = prefix;
    this.from = from;
    this.next = find();
  }

  private void begin() {
    seen = row.parts();
    cursors = new ArrayList<>();
    for (var part : seen) {
      var cursor = part.keys(kind, prefix, from);
      if (cursor.next()) {
        cursors.add(cursor);
      }
    }
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public String next() {
    var name = next;
    if (name == null) {
      throw new NoSuchElementException("There are no more keys behind " + from);
    }
    next = find();
    return name;
  }

  private @Nullable String find() {
    while (true) {
      try {
        if (seen.length == 0) {
          begin();
        }
        return findNow();
      } catch (IllegalStateException e) {
        row.requireChangedSince(seen, e);
        seen = NO_PARTS;
      }
    }
  }

  private @Nullable String findNow() {
    while (!cursors.isEmpty()) {
      var smallest = cursors.getFirst();
      for (var cursor : cursors) {
        if (KeyCursor.compare(cursor, smallest) < 0) {
          smallest = cursor;
        }
      }
      var name = smallest.text();
      if (!smallest.next()) {
        cursors.remove(smallest);
      }
      if (!isGiven || name.compareTo(from) > 0) {
        if (!name.startsWith(prefix)) {
          return null;
        }
        from = name;
        isGiven = true;
        return name;
      }
    }
    return null;
  }
}
