// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import static java.util.Objects.requireNonNull;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.engine.log.EventKind;
import io.leftfold.engine.log.RecordCursor;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The index of the newest events, in memory. *Live* while events are added to it, by one thread in
/// the order of positions; *frozen* afterwards.
final class MemoryTable implements Part {

  /// The text of the key of [KeyKind#BEGINNINGS] that has those of all streams: no category.
  static final String OF_ALL_STREAMS = "";

  private final long first;
  private final ConcurrentHashMap<String, MemoryStream> streams = new ConcurrentHashMap<>();
  private final Map<KeyKind, ConcurrentHashMap<String, MemoryPostings>> others =
      new EnumMap<>(KeyKind.class);

  private volatile long end;
  private volatile long begunStreams;
  private boolean lacksForgotten;

  MemoryTable(long first) {
    this.first = first;
    this.end = first;
    for (var kind : KeyKind.values()) {
      others.put(kind, new ConcurrentHashMap<>());
    }
  }

  @Override
  public long first() {
    return first;
  }

  @Override
  public long end() {
    return end;
  }

  long size() {
    return end - first;
  }

  /// Says that up to here there is nothing more to be added.
  void skipTo(long position) {
    end = position;
  }

  /// Adds the event of a record.
  void add(RecordCursor record) {
    add(
        record.position(),
        record.stream(),
        record.revision(),
        record.type(),
        record.tags(),
        record.correlationId());
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread adds
  void add(
      long position,
      StreamName stream,
      long revision,
      String type,
      List<Tag> tagged,
      @Nullable String correlationId) {
    var place = position - first;
    var postings = streams.get(stream.value());
    if (postings == null) {
      postings = newStream(stream, revision);
      postings.add(place, revision);
      if (revision == 0) {
        begunStreams++;
      }
      streams.put(stream.value(), postings); // only now, so that no listed stream is empty
    } else {
      postings.add(place, revision);
    }
    list(KeyKind.TYPE, type).add(place);
    for (var tag : tagged) {
      list(KeyKind.TAG, tag.value()).add(place);
    }
    if (correlationId != null && !type.equals(RecordedEvent.LINK_TYPE)) {
      list(KeyKind.CORRELATION, correlationId).add(place);
    }
    if (revision == 0 && !stream.isSystem()) {
      addBeginning(place, stream.category().orElse(null));
    }
    end = position + 1;
  }

  private void addBeginning(long place, @Nullable String category) {
    list(KeyKind.BEGINNINGS, OF_ALL_STREAMS).add(place);
    if (category != null) {
      list(KeyKind.BEGINNINGS, category).add(place);
    }
  }

  /// Adds an event of which a scavenge has left nothing but its kind: it keeps its number among the
  /// events of its category and of its type, and as a beginning, and belongs to no stream and no
  /// correlation id any more.
  void addForgotten(long position, EventKind kind) {
    var place = position - first;
    if (kind.category() != null) {
      list(KeyKind.CATEGORY, kind.category()).add(place);
    }
    list(KeyKind.TYPE, kind.type()).add(place);
    if (kind.beginsStream()) {
      addBeginning(place, kind.category());
    }
    lacksForgotten = true;
    end = position + 1;
  }

  /// Whether there are events that belong to no stream any more.
  boolean lacksForgotten() {
    return lacksForgotten;
  }

  private MemoryStream newStream(StreamName stream, long revision) {
    return new MemoryStream(
        stream.isSystem()
            ? null
            : stream.category().map(category -> list(KeyKind.CATEGORY, category)).orElse(null),
        revision);
  }

  private MemoryPostings list(KeyKind kind, String key) {
    var lists = requireNonNull(others.get(kind));
    var list = lists.get(key);
    if (list == null) {
      list = new MemoryPostings();
      lists.put(key, list);
    }
    return list;
  }

  Map<String, ? extends MemoryPostings> keys(KeyKind kind) {
    return kind == KeyKind.STREAM ? streams : requireNonNull(others.get(kind));
  }

  @Override
  public @Nullable MemoryPostings find(IndexKey key) {
    var found = keys(key.kind).get(key.text);
    return found == null || found.count() == 0 ? null : found;
  }

  /// Whether more than some of its keys begin with a prefix.
  boolean hasMoreThan(int most, KeyKind kind, String prefix) {
    var keys = keys(kind).keySet();
    return keys.size() > most
        && (prefix.isEmpty()
            || keys.stream().filter(key -> key.startsWith(prefix)).limit(most + 1L).count() > most);
  }

  @Override
  public KeyCursor keys(KeyKind kind, String prefix, String from) {
    return new TableCursor(this, kind, prefix, from);
  }

  /// How many keys of a kind are in no part before this table.
  ///
  /// @param before is asked whether a key is in one
  /// @param beginsMayBeForgotten whether a scavenge may have taken the first events of streams
  long newKeys(KeyKind kind, Known before, boolean beginsMayBeForgotten) {
    if (kind != KeyKind.STREAM) {
      return keys(kind).keySet().stream().filter(key -> !before.has(kind, key)).count();
    }
    var unbegun = 0L;
    for (var stream : streams.entrySet()) {
      // A stream begins with its revision 0, or with its tombstone, or with what is left of it.
      var revision = stream.getValue().firstRevision();
      if (revision != 0
          && (beginsMayBeForgotten || revision == RecordedEvent.TOMBSTONE_REVISION)
          && !before.has(kind, stream.getKey())) {
        unbegun++;
      }
    }
    return begunStreams + unbegun;
  }

  /// Knows what there was before.
  @FunctionalInterface
  interface Known {
    /// Whether an earlier part has a key.
    boolean has(KeyKind kind, String key);
  }
}
