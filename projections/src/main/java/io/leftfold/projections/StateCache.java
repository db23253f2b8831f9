// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.LeftfoldException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The states that a run has in memory: those of steps that are not written yet, and as many others
/// as there is room for, the least recently used first to go. That a partition has none is
/// remembered like a state.
///
/// Several threads may ask, of different partitions; one at a time changes.
final class StateCache implements SavedStates {

  private static final long ENTRY_BYTES = 150;

  private final StateStore store;
  private final long bytesMax;

  /// What can be read again, the least recently used first.
  private final LinkedHashMap<String, Entry> stored = new LinkedHashMap<>(64, 0.75f, true);

  /// What cannot yet, in the order of the steps.
  private final Map<String, Entry> unwritten = new LinkedHashMap<>();

  private Optional<String> shared = Optional.empty();
  private boolean isSharedKnown;
  private long bytes;
  private long evictions;
  private @Nullable LeftfoldException failure;
  private boolean hasAll;

  /// What was asked for last: much is asked about one partition before the next.
  private @Nullable String lastPartition;

  private Entry last = new Entry();

  /// A partition's state.
  private static final class Entry {
    private @Nullable String text;
    private long result = -1;
    private long revision = -1;
    private long step = -1;

    private long bytes(String partition) {
      return ENTRY_BYTES + partition.length() + (text == null ? 0 : text.length());
    }
  }

  StateCache(StateStore store, long bytesMax) {
    this(store, bytesMax, false);
  }

  /// @param isNew whether nothing was saved yet: then nobody is asked for a state until one had to
  ///   go
  StateCache(StateStore store, long bytesMax, boolean isNew) {
    this.store = store;
    this.bytesMax = bytesMax;
    this.hasAll = isNew;
  }

  @Override
  public synchronized Optional<String> state(String partition) {
    return Optional.ofNullable(entry(partition).text);
  }

  @Override
  public synchronized Optional<String> sharedState() {
    if (!isSharedKnown) {
      shared = asking(store::shared);
      isSharedKnown = true;
    }
    return shared;
  }

  /// Whether a partition was ever saved.
  synchronized boolean isNew(String partition) {
    return entry(partition).text == null;
  }

  /// The revision of a partition's last result; −1 for none.
  synchronized long result(String partition) {
    return entry(partition).result;
  }

  /// The revision of a partition's last state, in its stream; −1 for none.
  synchronized long revision(String partition) {
    return entry(partition).revision;
  }

  private Entry entry(String partition) {
    if (!partition.equals(lastPartition)) {
      last = found(partition);
      lastPartition = partition;
    }
    return last;
  }

  private Entry found(String partition) {
    var known = unwritten.get(partition);
    if (known == null) {
      known = stored.get(partition);
    }
    if (known != null) {
      return known;
    }
    var entry = new Entry();
    if (!hasAll) {
      asking(() -> store.partition(partition))
          .ifPresent(found -> {
            entry.text = found.text();
            entry.result = found.result();
            entry.revision = found.revision();
          });
    }
    stored.put(partition, entry);
    bytes += entry.bytes(partition);
    evict(entry);
    return entry;
  }

  private interface Question<T> {
    T ask();
  }

  /// A script that asks does not see why it is not answered; the run does.
  private <T> T asking(Question<T> question) {
    try {
      return question.ask();
    } catch (LeftfoldException e) {
      failure = e;
      throw e;
    }
  }

  /// Why the store did not answer, if it ever did not.
  synchronized @Nullable LeftfoldException failure() {
    return failure;
  }

  /// Takes the state that a step leaves.
  synchronized void put(long step, String partition, String text, long result) {
    var entry = entry(partition);
    bytes -= entry.bytes(partition);
    entry.text = text;
    entry.result = result;
    entry.revision++;
    entry.step = step;
    bytes += entry.bytes(partition);
    stored.remove(partition);
    unwritten.put(partition, entry);
    evict(entry);
  }

  synchronized void putShared(String text) {
    shared = Optional.of(text);
    isSharedKnown = true;
  }

  /// The states of steps up to this one can be read again.
  synchronized void written(long step) {
    var all = unwritten.entrySet().iterator();
    while (all.hasNext()) {
      var next = all.next();
      if (next.getValue().step <= step) {
        stored.put(next.getKey(), next.getValue());
        all.remove();
      }
    }
    evict(null);
  }

  private void evict(@Nullable Entry kept) {
    var all = stored.entrySet().iterator();
    while (bytes > bytesMax && all.hasNext()) {
      var eldest = all.next();
      if (eldest.getValue() != kept) {
        bytes -= eldest.getValue().bytes(eldest.getKey());
        evictions++;
        hasAll = false;
        lastPartition = null;
        all.remove();
      }
    }
  }

  synchronized int size() {
    return stored.size() + unwritten.size();
  }

  synchronized long bytes() {
    return bytes;
  }

  synchronized long evictions() {
    return evictions;
  }
}
