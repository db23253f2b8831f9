// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.EventFilter;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.reading.Question;
import java.util.HashSet;
import java.util.Set;

/// What to ask the store, so that all that a script wants is read and little more.
final class Questions {

  private Questions() {}

  static Question of(ProjectionDefinition definition) {
    return switch (definition.sources()) {
      case ProjectionDefinition.Sources.Streams(var names) ->
          new Question.Streams(names.stream().map(StreamName::of).distinct().toList());
      case ProjectionDefinition.Sources.Category(var name) ->
          new Question.All(category(name, definition), true, types(definition), false);
      case ProjectionDefinition.Sources.All() -> {
        var types = types(definition);
        yield new Question.All(
            types.isEmpty() ? EventFilter.everything() : new EventFilter.Types(types),
            false,
            Set.of(),
            true);
      }
    };
  }

  /// Whether a stream was deleted stands in its metastream, which is of no category.
  private static EventFilter category(String name, ProjectionDefinition definition) {
    return definition.handlers().deleted()
        ? EventFilter.streamPrefix(name + "-", "$$" + name + "-")
        : new EventFilter.Category(name);
  }

  /// The types that are wanted; none for all.
  private static Set<String> types(ProjectionDefinition definition) {
    return switch (definition.types()) {
      case ProjectionDefinition.EventTypes.Any() -> Set.of();
      case ProjectionDefinition.EventTypes.Named(var names) -> {
        var types = new HashSet<>(names);
        if (definition.handlers().deleted()) {
          types.add(RecordedEvent.TOMBSTONE_TYPE);
          types.add(RecordedEvent.METADATA_TYPE);
        }
        yield types;
      }
    };
  }
}
