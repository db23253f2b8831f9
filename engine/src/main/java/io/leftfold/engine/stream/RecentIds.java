// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.StreamName;
import io.leftfold.engine.log.EncodedRecords;
import java.util.ArrayDeque;
import java.util.Arrays;

/// The ids of the last events, with where each one is: what makes a repeated append recognisable
/// that names no revision.
///
/// There are two generations, each a list of entries and an open hash table over it. When the young
/// one is full it becomes the old one, and the old one is forgotten as a whole: taking ids out one
/// by one would cost as much as putting them in, and no cache holds a table like this. For the same
/// reason a slot is four bytes, some of them a part of the hash, which spares looking at the entry;
/// and nothing in here is a reference, for each one stored costs the garbage collector's
/// bookkeeping.
///
/// Adding an id costs a tenth of a microsecond, for nothing of the table is in a cache. So what is
/// written is only noted, and added when somebody asks, or when there is time.
///
/// A stream is known by 64 bits that come from its name and a number drawn by chance when the store
/// was opened. Of two streams in which one id was recorded, one would be taken for the other with a
/// chance of 2⁻⁶⁴, and nobody can choose names that raise it.
final class RecentIds {

  /// So many of the last ids are remembered at least, and less than twice as many.
  static final int CAPACITY = 1 << 17;

  private static final int SLOTS = 2 * CAPACITY;

  /// Of a slot: the number of an entry in its generation, from 1 on; above it bits of the hash.
  private static final int ENTRY_BITS = 18;

  private static final int ENTRY_MASK = (1 << ENTRY_BITS) - 1;
  private static final int EMPTY = 0;

  /// Of each entry in [#entries].
  private static final int HIGH = 0;

  private static final int LOW = 1;
  private static final int STREAM = 2;
  private static final int REVISION = 3;
  private static final int POSITION = 4;
  private static final int ENTRY = 5;

  private static final int FIRST_ENTRIES = 1 << 10;

  private final long seed;

  /// Of both generations, one behind the other. Grows until both are there: many stores hold few.
  private long[] entries = new long[FIRST_ENTRIES * ENTRY];

  private final int[][] slots = {new int[SLOTS], new int[SLOTS]};
  private int young;
  private int count;
  private final ArrayDeque<Noted> noted = new ArrayDeque<>();

  /// Events of one stream that follow each other.
  private record Noted(long stream, long revision, long position, EncodedRecords records) {}

  /// Without any.
  ///
  /// @param seed by chance, so that nobody can choose ids that all fall into one run of slots
  RecentIds(long seed) {
    this.seed = seed;
  }

  /// What a stream is known by.
  long keyOf(StreamName stream) {
    var name = stream.value();
    var key = mix(seed + name.length());
    for (var i = 0; i < name.length(); i++) {
      key = mix(key ^ name.charAt(i));
    }
    return key;
  }

  /// Takes note of the ids of events that follow each other.
  ///
  /// @param stream its key, as [#keyOf] gives it
  /// @param revision of the first
  /// @param position of the first
  void note(long stream, long revision, long position, EncodedRecords records) {
    noted.add(new Noted(stream, revision, position, records));
  }

  /// Adds what was noted.
  void settle() {
    for (var events = noted.poll(); events != null; events = noted.poll()) {
      var records = events.records;
      for (var i = 0; i < records.count(); i++) {
        add(
            records.idHigh(i),
            records.idLow(i),
            events.stream,
            events.revision + i,
            events.position + i);
      }
    }
  }

  /// Adds an id.
  ///
  /// @param stream its key, as [#keyOf] gives it
  void add(long idHigh, long idLow, long stream, long revision, long position) {
    if (count == CAPACITY) {
      young = 1 - young;
      count = 0;
      Arrays.fill(slots[young], EMPTY);
    }
    var entry = young * CAPACITY + count++;
    var at = ENTRY * entry;
    if (at == entries.length) {
      entries = Arrays.copyOf(entries, 2 * at);
    }
    entries[at + HIGH] = idHigh;
    entries[at + LOW] = idLow;
    entries[at + STREAM] = stream;
    entries[at + REVISION] = revision;
    entries[at + POSITION] = position;
    var hash = hash(idHigh, idLow, stream);
    // The same id again takes the slot of the older entry.
    slots[young][slotOf(young, hash, idHigh, idLow, stream)] = slot(hash, count);
  }

  /// The newest entry of an id in a stream, or −1.
  int find(long idHigh, long idLow, long stream) {
    settle();
    var hash = hash(idHigh, idLow, stream);
    var found = find(young, hash, idHigh, idLow, stream);
    return found >= 0 ? found : find(1 - young, hash, idHigh, idLow, stream);
  }

  private int find(int generation, int hash, long idHigh, long idLow, long stream) {
    var slot = slots[generation][slotOf(generation, hash, idHigh, idLow, stream)];
    return slot == EMPTY ? -1 : entryOf(generation, slot);
  }

  /// The slot that has an id of a stream, or else the empty one where it belongs.
  private int slotOf(int generation, int hash, long idHigh, long idLow, long stream) {
    var table = slots[generation];
    var at = hash & (SLOTS - 1);
    while (table[at] != EMPTY && !holds(generation, table[at], hash, idHigh, idLow, stream)) {
      at = (at + 1) & (SLOTS - 1);
    }
    return at;
  }

  private boolean holds(int generation, int slot, int hash, long idHigh, long idLow, long stream) {
    if (((slot ^ hash) & ~ENTRY_MASK) != 0) {
      return false;
    }
    var at = ENTRY * entryOf(generation, slot);
    return entries[at + HIGH] == idHigh
        && entries[at + LOW] == idLow
        && entries[at + STREAM] == stream;
  }

  private static int slot(int hash, int number) {
    return (hash & ~ENTRY_MASK) | number;
  }

  private static int entryOf(int generation, int slot) {
    return generation * CAPACITY + (slot & ENTRY_MASK) - 1;
  }

  long revision(int entry) {
    return entries[ENTRY * entry + REVISION];
  }

  long position(int entry) {
    return entries[ENTRY * entry + POSITION];
  }

  /// One id may stand in many streams, so the stream counts too.
  private static int hash(long idHigh, long idLow, long stream) {
    return (int) (mix(mix(idHigh ^ stream) ^ idLow) >>> 32);
  }

  /// Spreads every bit over all (the finalizer of SplitMix64).
  private static long mix(long bits) {
    var mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
