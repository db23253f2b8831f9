// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.StreamName;
import org.jspecify.annotations.Nullable;

/// The ids of the last events, with where each one is: what makes a repeated append recognisable
/// that names no revision. An open hash table over a ring; the oldest id makes room for the newest.
final class RecentIds {

  /// How many ids are remembered.
  static final int CAPACITY = 1 << 17;

  private static final int SLOTS = 2 * CAPACITY;
  private static final int EMPTY = -1;

  private final long[] high = new long[CAPACITY];
  private final long[] low = new long[CAPACITY];
  private final long[] revisions = new long[CAPACITY];
  private final long[] positions = new long[CAPACITY];
  private final @Nullable StreamName[] streams = new @Nullable StreamName[CAPACITY];
  private final int[] slots = new int[SLOTS];
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
    var slot = slotOf(idHigh, idLow);
    while (slots[slot] != EMPTY) {
      slot = next(slot);
    }
    slots[slot] = entry;
  }

  /// The newest entry of an id in a stream, or −1.
  int find(long idHigh, long idLow, StreamName stream) {
    var found = -1;
    for (var slot = slotOf(idHigh, idLow); slots[slot] != EMPTY; slot = next(slot)) {
      var entry = slots[slot];
      if (high[entry] == idHigh
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
    var hole = slotOf(high[entry], low[entry]);
    while (slots[hole] != entry) {
      hole = next(hole);
    }
    for (var slot = next(hole); slots[slot] != EMPTY; slot = next(slot)) {
      var home = slotOf(high[slots[slot]], low[slots[slot]]);
      var reachable = hole <= slot ? home <= hole || home > slot : home <= hole && home > slot;
      if (reachable) {
        slots[hole] = slots[slot];
        hole = slot;
      }
    }
    slots[hole] = EMPTY;
  }

  private static int slotOf(long idHigh, long idLow) {
    var mixed = (idHigh ^ Long.rotateLeft(idLow, 32)) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32) & (SLOTS - 1);
  }

  private static int next(int slot) {
    return (slot + 1) & (SLOTS - 1);
  }
}
