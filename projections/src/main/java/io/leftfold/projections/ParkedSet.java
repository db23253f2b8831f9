// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.projections.storage.ParkedRecord;
import io.leftfold.projections.storage.ProjectionStreams;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What is parked at an epoch, by position; a fold of the projection's parked stream.
final class ParkedSet {

  private final TreeMap<Long, ParkedRecord.Parked> byPosition = new TreeMap<>();
  private final Map<String, Long> partitions = new HashMap<>();

  static ParkedSet read(EventStore store, ProjectionStreams streams, long epoch) {
    return read(store, streams, epoch, ReadOptions.forwards());
  }

  /// What was parked below a position.
  static ParkedSet read(EventStore store, ProjectionStreams streams, long epoch, long end) {
    return read(store, streams, epoch, ReadOptions.forwards().asOf(end));
  }

  private static ParkedSet read(
      EventStore store, ProjectionStreams streams, long epoch, ReadOptions options) {
    var parked = new ParkedSet();
    try (var read = store.read(streams.parked(), options)) {
      for (var resolved : read) {
        resolved
            .event()
            .flatMap(ParkedRecord::of)
            .ifPresent(said -> {
              if (epochOf(said) == epoch) {
                parked.apply(said);
              }
            });
      }
    }
    return parked;
  }

  private static long epochOf(ParkedRecord said) {
    return switch (said) {
      case ParkedRecord.Parked parked -> parked.epoch();
      case ParkedRecord.Released(var epoch, _) -> epoch;
    };
  }

  void apply(ParkedRecord said) {
    switch (said) {
      case ParkedRecord.Parked entry -> {
        byPosition.put(entry.position(), entry);
        if (entry.wholePartition()) {
          entry.partition().ifPresent(partition -> partitions.put(partition, entry.position()));
        }
      }
      case ParkedRecord.Released(_, var position) -> {
        var entry = byPosition.remove(position);
        if (entry != null && entry.wholePartition()) {
          entry.partition().ifPresent(partition -> partitions.remove(partition, position));
        }
      }
    }
  }

  boolean hasPartitions() {
    return !partitions.isEmpty();
  }

  boolean holds(String partition) {
    return partitions.containsKey(partition);
  }

  Optional<ParkedRecord.Parked> at(long position) {
    return Optional.ofNullable(byPosition.get(position));
  }

  int size() {
    return byPosition.size();
  }

  Collection<ParkedRecord.Parked> all() {
    return List.copyOf(byPosition.values());
  }
}
