// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// From stream, category, type and tag to positions.
///
/// Streams whose names begin with `$` have no category.
public final class Index {

  private final ConcurrentHashMap<String, StreamPostings> streams = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, MemoryPostings> categories = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, MemoryPostings> types = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, MemoryPostings> tags = new ConcurrentHashMap<>();

  /// Adds an event. By one thread, in the order of positions.
  public void add(long position, StreamName stream, long revision, String type, List<Tag> tagged) {
    var postings = streams.get(stream.value());
    if (postings == null) {
      postings = newStream(stream);
      postings.add(position, revision);
      streams.put(stream.value(), postings); // only now, so that no listed stream is empty
    } else {
      postings.add(position, revision);
    }
    list(types, type).add(position);
    for (var tag : tagged) {
      list(tags, tag.value()).add(position);
    }
  }

  /// Adds an event of which a scavenge has left nothing but its kind: it keeps its number among the
  /// events of its category and of its type, and belongs to no stream any more. By one thread, in
  /// the order of positions.
  public void addForgotten(long position, @Nullable String category, String type) {
    if (category != null) {
      list(categories, category).add(position);
    }
    list(types, type).add(position);
  }

  private StreamPostings newStream(StreamName stream) {
    return new StreamPostings(
        stream.isSystem()
            ? null
            : stream.category().map(category -> list(categories, category)).orElse(null));
  }

  private static MemoryPostings list(ConcurrentHashMap<String, MemoryPostings> lists, String key) {
    var list = lists.get(key);
    if (list == null) {
      list = new MemoryPostings();
      lists.put(key, list);
    }
    return list;
  }

  /// The events of a stream.
  public StreamPostings stream(String name) {
    return streams.getOrDefault(name, StreamPostings.NONE);
  }

  /// The events of the streams of a category.
  public Postings category(String category) {
    return categories.getOrDefault(category, MemoryPostings.NONE);
  }

  /// No events.
  public Postings none() {
    return MemoryPostings.NONE;
  }

  /// The events of a type.
  public Postings type(String type) {
    return types.getOrDefault(type, MemoryPostings.NONE);
  }

  /// The events that carry a tag.
  public Postings tag(String tag) {
    return tags.getOrDefault(tag, MemoryPostings.NONE);
  }

  /// The names of all streams, in no order, while they grow.
  public Set<String> streamNames() {
    return streams.keySet();
  }

  /// How many keys there are of each kind.
  public KeyCounts keyCounts() {
    return new KeyCounts(streams.size(), categories.size(), types.size(), tags.size());
  }

  /// How many keys there are of each kind.
  public record KeyCounts(long streams, long categories, long types, long tags) {}
}
