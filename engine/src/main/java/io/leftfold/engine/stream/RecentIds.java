// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.StreamName;
import org.jspecify.annotations.Nullable;

/// The ids of the last events, with where each one is: what makes a repeated append recognisable
/// that names no revision. An open hash table over a ring; the oldest id makes room for the newest.
///
/// A slot holds the hash of the id beside the entry's number, so that looking along slots does not
/// lead into the ring, which no cache holds.
final class RecentIds {

  /// How many ids are remembered.
  static final int CAPACITY = 1 << 17;

  private static final int SLOTS = 2 * CAPACITY;
  private static final long EMPTY = -1;

  private final long[] high = new long[CAPACITY];
  private final long[] low = new long[CAPACITY];
  private final long[] revisions = new long[CAPACITY];
  private final long[] positions = new long[CAPACITY];
  private final @Nullable StreamName[] streams = new @Nullable StreamName[CAPACITY];
  private final long[] slots = new long[SLOTS];
  private long added;

  RecentIds() {
    java.util.Arrays.fill(slots, EMPTY);
  }

  void add(long idHigh, long idLow, StreamName stream, long revision, long position) {
    var entry = (int) (added % CAPACITY);
    if (added >= CAPACITY) {
      remove(entry);
    }
    added++;
    high[entry] = idHigh;
    low[entry] = idLow;
    streams[entry] = stream;
    revisions[entry] = revision;
    positions[entry] = position;
    var hash = hash(idHigh, idLow);
    var slot = home(hash);
    while (slots[slot] != EMPTY) {
      slot = next(slot);
    }
    slots[slot] = content(hash, entry);
  }

  /// The newest entry of an id in a stream, or −1.
  int find(long idHigh, long idLow, StreamName stream) {
    var found = -1;
    var hash = hash(idHigh, idLow);
    for (var slot = home(hash); slots[slot] != EMPTY; slot = next(slot)) {
      var entry = (int) slots[slot];
      if (slots[slot] == content(hash, entry)
          && high[entry] == idHigh
          && low[entry] == idLow
          && stream.equals(streams[entry])
          && (found < 0 || positions[entry] > positions[found])) {
        found = entry;
      }
    }
    return found;
  }

  long revision(int entry) {
    return revisions[entry];
  }

  long position(int entry) {
    return positions[entry];
  }

  /// Takes an entry out and closes the gap, so that later ones of the same run are still found.
  private void remove(int entry) {
    var hash = hash(high[entry], low[entry]);
    var hole = home(hash);
    while (slots[hole] != content(hash, entry)) {
      hole = next(hole);
    }
    for (var slot = next(hole); slots[slot] != EMPTY; slot = next(slot)) {
      var home = home((int) (slots[slot] >>> 32));
      var reachable = hole <= slot ? home <= hole || home > slot : home <= hole && home > slot;
      if (reachable) {
        slots[hole] = slots[slot];
        hole = slot;
      }
    }
    slots[hole] = EMPTY;
  }

  private static int hash(long idHigh, long idLow) {
    var mixed = (idHigh ^ Long.rotateLeft(idLow, 32)) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32);
  }

  private static int home(int hash) {
    return hash & (SLOTS - 1);
  }

  /// Never [#EMPTY], as an entry is not negative.
  private static long content(int hash, int entry) {
    return (long) hash << 32 | entry;
  }

  private static int next(int slot) {
    return (slot + 1) & (SLOTS - 1);
  }
}
