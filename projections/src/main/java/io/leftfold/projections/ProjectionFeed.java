// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.EventStore;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.reading.Cursor;
import java.util.List;

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
          batch.events().stream().filter(definition::wants).toList(), batch.through());
    }
  }
}
