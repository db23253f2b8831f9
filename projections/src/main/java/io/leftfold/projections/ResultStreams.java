// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.StreamName;
import io.leftfold.projections.storage.ProjectionStreams;
import java.util.Optional;

/// Where results are written.
///
/// @param all the results of a projection without partitions, else links to those of partitions
/// @param pattern what a partition's are called, `{0}` being the partition
/// @param own the projection's streams
record ResultStreams(StreamName all, String pattern, ProjectionStreams own) {

  /// As the script says, or as the projection is called.
  ///
  /// @throws IllegalArgumentException if no stream can be called as the script says
  static ResultStreams of(ProjectionDefinition.Results results, ProjectionStreams own) {
    return new ResultStreams(
        results.stream().map(StreamName::of).orElseGet(own::result),
        results.partitionPattern().orElseGet(own::partitionResults),
        own);
  }

  /// Where the results of a partition are.
  ///
  /// @throws IllegalArgumentException if no stream can be called so
  StreamName of(String partition) {
    return partition.isEmpty() ? all : StreamName.of(pattern.replace("{0}", partition));
  }

  /// Whether the results of this partition stand in one stream with those of others.
  boolean isShared(String partition) {
    return !partition.isEmpty() && !pattern.contains("{0}");
  }

  /// Why the results of a partition cannot be written, if so. Streams that the script names are
  /// like those it emits to; the others are the projection's own.
  Optional<String> objection(String partition) {
    try {
      var stream = of(partition);
      var isOwn = partition.isEmpty() || pattern.equals(own.partitionResults());
      return (isOwn ? Optional.<String>empty() : Emission.objection(stream.value()))
          .or(() -> all.equals(own.result()) ? Optional.empty() : Emission.objection(all.value()));
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
