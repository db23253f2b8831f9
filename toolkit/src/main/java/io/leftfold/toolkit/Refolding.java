// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;
import io.leftfold.toolkit.keys.Subject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Folds the partitions again that hold something of a subject.
final class Refolding<E, V> {

  private final Projection<E, V> projection;
  private final Folds<E, V> folds;
  private final KeptVersion<E, V> kept;
  private final ProjectionSource source;

  Refolding(Projection<E, V> projection, KeptVersion<E, V> kept, ProjectionSource source) {
    this.projection = projection;
    // What is unknown has no partition.
    this.folds = new Folds<>(projection, UnknownEvents.PASS_OVER);
    this.kept = kept;
    this.source = source;
  }

  /// @return the partitions
  /// @throws OutrunException if somebody else was quicker
  /// @throws ProjectionStoppedException if a newer version is live
  /// @throws ProjectionFailedException if an event cannot be folded any more
  Set<String> refold(Subject subject, BiConsumer<? super V, String> clear) {
    if (kept.open().isRetired()) {
      throw new ProjectionStoppedException(
          "%s was to be purged of %s, but a newer version is live; drop this one"
              .formatted(projection.version(), subject));
    }
    var last = kept.open().checkpoint().position();
    var partitions = new TreeSet<String>();
    eachUpTo(
        last,
        event -> {
          if (event.tags().contains(subject.tag())) {
            partitions.addAll(partitions(event));
          }
        });
    if (!partitions.isEmpty()) {
      refold(partitions, last, clear);
    }
    return partitions;
  }

  private void refold(Set<String> partitions, long last, BiConsumer<? super V, String> clear) {
    var events = new ArrayList<RecordedEvent>();
    eachUpTo(
        last,
        event -> {
          if (partitions(event).stream().anyMatch(partitions::contains)) {
            events.add(event);
          }
        });
    kept.refold(partitions, events, clear);
  }

  private Set<String> partitions(RecordedEvent event) {
    try {
      return new HashSet<>(folds.meaning(event).byPartition().keySet());
    } catch (FoldFailure failure) {
      throw new ProjectionFailedException(
          projection.version(), event, FoldFailure.causeOf(failure));
    }
  }

  private void eachUpTo(long last, Consumer<RecordedEvent> event) {
    for (var after = -1L; after < last; ) {
      var batch = source.read(after, last);
      batch.events().forEach(event);
      after = batch.through();
    }
  }
}
