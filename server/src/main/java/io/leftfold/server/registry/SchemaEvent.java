// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

import io.leftfold.server.registry.compatibility.CompatibilityMode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What happened to one schema.
sealed interface SchemaEvent {

  /// A version, with its definition.
  record Definition(UUID id, int number, byte[] bytes) {}

  /// It is there, with its first version.
  record Created(SchemaDetails details, Definition first) implements SchemaEvent {}

  /// It has another version.
  record VersionRegistered(Definition version) implements SchemaEvent {}

  /// Versions are not to be had any more.
  record VersionsDeleted(List<Integer> numbers) implements SchemaEvent {
    public VersionsDeleted {
      numbers = List.copyOf(numbers);
    }
  }

  /// New versions owe something else.
  record CompatibilityModeChanged(CompatibilityMode mode) implements SchemaEvent {}

  /// Its tags are these.
  record TagsUpdated(Map<String, String> tags) implements SchemaEvent {
    public TagsUpdated {
      tags = Map.copyOf(tags);
    }
  }

  /// Its description is this.
  record DescriptionUpdated(String description) implements SchemaEvent {}

  /// It is gone, for ever.
  record Deleted() implements SchemaEvent {}

  /// The version that came with it.
  ///
  /// @return empty if none did
  default Optional<Definition> definition() {
    return switch (this) {
      case Created(_, var first) -> Optional.of(first);
      case VersionRegistered(var version) -> Optional.of(version);
      case VersionsDeleted _,
          CompatibilityModeChanged _,
          TagsUpdated _,
          DescriptionUpdated _,
          Deleted _ ->
          Optional.empty();
    };
  }

  /// One that was recorded.
  ///
  /// @param event what happened
  /// @param revision where in the stream
  /// @param at when
  record Recorded(SchemaEvent event, long revision, Instant at) {}
}
