// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Events in the order asked for, taken from the store as they are asked for; to be gone through
/// once, by one thread, and closed.
///
/// ```java
/// try (var events = store.read(stream, ReadOptions.forwards())) {
///   for (var resolved : events) { … }
/// }
/// ```
///
/// Events that are appended after the read was opened are not given.
public interface EventRead extends Iterable<ResolvedEvent>, AutoCloseable {

  /// The one iterator of this read. Its methods throw a [LeftfoldException] when the store cannot
  /// go on.
  ///
  /// @return the same iterator each time
  @Override
  Iterator<ResolvedEvent> iterator();

  /// Shows the next event where the store has it, for those who only pass it on: the same event
  /// that the iterator would give next, which then gives the one after it.
  ///
  /// @param sink is shown one event; must not use this read meanwhile
  /// @return whether there was one
  default boolean next(EventSink sink) {
    var events = iterator();
    if (!events.hasNext()) {
      return false;
    }
    events.next().showTo(sink);
    return true;
  }

  /// What is left, as a stream of resolved events.
  ///
  /// @return a stream, which need not be closed besides this read
  default Stream<ResolvedEvent> stream() {
    return StreamSupport.stream(spliterator(), false);
  }

  /// Reads what is left and closes.
  ///
  /// @return all of it; bounded only by the read's limit
  default List<ResolvedEvent> toList() {
    try (this) {
      return stream().toList();
    }
  }

  /// Reads what is left and closes.
  ///
  /// @return the events, links resolved if that was asked for; links that lead nowhere are left out
  default List<RecordedEvent> events() {
    try (this) {
      return stream().flatMap(resolved -> resolved.event().stream()).toList();
    }
  }

  /// Releases what the read holds.
  @Override
  void close();
}
