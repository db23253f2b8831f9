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

  private final long seed;

  /// Without any.
  ///
  /// @param seed by chance, so that nobody can choose ids that all fall into one run of slots
  RecentIds(long seed) {
    this.seed = seed;
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
    revisions[entry] = revision;
    positions[entry] = position;
    var hash = hash(idHigh, idLow, stream);
    var slot = slotOf(hash, idHigh, idLow, stream);
    if (slots[slot] != EMPTY) {
      streams[(int) slots[slot]] = null; // the same id again: the older entry is dead
    }
    slots[slot] = content(hash, entry);
    streams[entry] = stream;
  }

  /// The newest entry of an id in a stream, or −1.
  int find(long idHigh, long idLow, StreamName stream) {
    return (int) slots[slotOf(hash(idHigh, idLow, stream), idHigh, idLow, stream)];
  }

  /// The slot that has an id of a stream, or else the empty one where it belongs.
  private int slotOf(int hash, long idHigh, long idLow, StreamName stream) {
    var slot = home(hash);
    while (slots[slot] != EMPTY) {
      var entry = (int) slots[slot];
      if (slots[slot] == content(hash, entry)
          && high[entry] == idHigh
          && low[entry] == idLow
          && stream.equals(streams[entry])) {
        return slot;
      }
      slot = next(slot);
    }
    return slot;
  }

  long revision(int entry) {
    return revisions[entry];
  }

  long position(int entry) {
    return positions[entry];
  }

  /// Takes an entry out and closes the gap, so that later ones of the same run are still found.
  private void remove(int entry) {
    var stream = streams[entry];
    if (stream == null) {
      return; // dead: a newer entry of the same id took its slot
    }
    var hash = hash(high[entry], low[entry], stream);
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

  /// One id may stand in many streams, so the stream counts too.
  private int hash(long idHigh, long idLow, StreamName stream) {
    var mixed = mix(mix(mix(idHigh ^ seed) ^ idLow) ^ stream.value().hashCode());
    return (int) (mixed >>> 32);
  }

  /// Spreads every bit over all (the finalizer of SplitMix64).
  private static long mix(long bits) {
    var mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
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
