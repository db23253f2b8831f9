// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;
import io.leftfold.toolkit.ReadModel.Transaction;
import io.leftfold.toolkit.keys.Subject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Folds the partitions again that hold something of a subject, as far as they have come. What
/// parked ones failed with is forgotten.
final class Refolding<E, V> {

  /// What a failure said may be personal.
  private static final String PURGED = "purged; resume the partition to see what it fails with";

  private final Projection<E, V> projection;
  private final Folds<E, V> folds;
  private final KeptVersion<E, V> kept;
  private final ProjectionSource source;
  private final OnFailure onFailure;

  Refolding(
      Projection<E, V> projection,
      KeptVersion<E, V> kept,
      ProjectionSource source,
      OnFailure onFailure) {
    this.projection = projection;
    // What is unknown has no partition, and nobody reacts again.
    this.folds = new Folds<>(projection.quiet(), UnknownEvents.PASS_OVER);
    this.kept = kept;
    this.source = source;
    this.onFailure = onFailure;
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
    var ofSubject = new HashSet<Long>();
    eachUpTo(
        last,
        event -> {
          if (event.tags().contains(subject.tag())) {
            partitions.addAll(partitions(event));
            ofSubject.add(event.position());
          }
        });
    // Also if there is none: whoever has read an event and not folded it yet is outrun, and so is
    // this if somebody else was further than is known here.
    refold(partitions, ofSubject, last, clear);
    return partitions;
  }

  private void refold(
      Set<String> partitions, Set<Long> ofSubject, long last, BiConsumer<? super V, String> clear) {
    var checkpoint = kept.open().checkpoint();
    kept.change(transaction -> {
      var view = transaction.view(projection.version());
      partitions.forEach(partition -> clear.accept(view, partition));
      var standing = forgetFailures(partitions, transaction);
      var aside = kept.aside(transaction);
      aside.forEach((position, where) -> {
        if (ofSubject.contains(position)) {
          transaction.park(projection.version(), where, position, PURGED);
        }
      });
      if (!partitions.isEmpty()) {
        // Read as they are folded: a partition may be larger than the memory.
        eachUpTo(
            last,
            event -> {
              if (!aside.containsKey(event.position())
                  && partitions(event).stream().anyMatch(partitions::contains)) {
                fold(
                    event,
                    checkpoint,
                    view,
                    partition ->
                        partitions.contains(partition)
                            && event.position() < standing.getOrDefault(partition, Long.MAX_VALUE));
              }
            });
      }
    });
  }

  /// @return where parked partitions stand
  private Map<String, Long> forgetFailures(Set<String> partitions, Transaction<V> transaction) {
    var standing = new HashMap<String, Long>();
    for (var parked : transaction.parked(projection.version())) {
      standing.put(parked.partition(), parked.position());
      if (partitions.contains(parked.partition()) && !parked.failure().isEmpty()) {
        transaction.park(projection.version(), parked.partition(), parked.position(), PURGED);
      }
    }
    return standing;
  }

  private void fold(
      RecordedEvent event, Checkpoint checkpoint, V view, Predicate<String> isWanted) {
    try {
      folds
          .meaning(event)
          .byPartition()
          .forEach((partition, occurred) -> {
            if (isWanted.test(partition)) {
              folds.fold(occurred, checkpoint, view);
            }
          });
    } catch (FoldFailure failure) {
      throw new ProjectionFailedException(
          projection.version(), event, FoldFailure.causeOf(failure));
    }
  }

  private Set<String> partitions(RecordedEvent event) {
    try {
      return new HashSet<>(folds.meaning(event).byPartition().keySet());
    } catch (FoldFailure failure) {
      if (onFailure == OnFailure.SET_ASIDE) {
        return Set.of(); // nothing of it is in the view
      }
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
