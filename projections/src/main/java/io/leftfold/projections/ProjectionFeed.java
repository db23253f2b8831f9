// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.reading.Cursor;
import java.util.List;
import java.util.Map;

/// Events as a script would be given them.
///
/// @param events in the order of positions
/// @param through everything up to here was looked at; −1 for nothing
public record ProjectionFeed(List<ResolvedEvent> events, long through) {

  /// Copies the list.
  public ProjectionFeed {
    events = List.copyOf(events);
  }

  /// Reads the next events that a definition wants.
  static ProjectionFeed read(
      EventStore store, ProjectionDefinition definition, long after, int limit, long bytesMax) {
    try (var cursor = new Cursor(store, Questions.of(definition), after)) {
      var batch = cursor.next(limit, bytesMax);
      return new ProjectionFeed(
          batch.events().stream()
              .filter(event ->
                  definition.wants(event)
                      || event.event().flatMap(definition::deletion).isPresent())
              .toList(),
          batch.through());
    }
  }

  /// The position behind which everything is that somebody has not read yet.
  ///
  /// @param revisions up to where streams were read; −1 for nothing
  static long behind(EventStore store, Map<StreamName, Long> revisions) {
    return revisions.entrySet().stream()
        .mapToLong(read -> beforeNext(store, read.getKey(), read.getValue()))
        .min()
        .orElse(-1);
  }

  private static long beforeNext(EventStore store, StreamName stream, long revision) {
    var options = ReadOptions.forwards().from(revision + 1).limit(1);
    try (var read = store.read(stream, options)) {
      var events = read.iterator();
      return events.hasNext()
          ? events.next().original().position() - 1
          : store.lastPosition().orElse(-1L);
    }
  }
}
