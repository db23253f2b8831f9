// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.projections.storage.CheckpointRecord;
import io.leftfold.projections.storage.ProjectionStreams;
import java.util.Optional;

/// States as they were when a checkpoint was written, as far as that is still known: what was
/// scavenged since looks as if it had never been, so that nothing is said where this may be.
final class KeptStates implements StateStore {

  private final EventStore store;
  private final ProjectionStreams streams;
  private final long epoch;
  private final StoredStates then;
  private final CheckpointRecord checkpoint;
  private final long at;
  private boolean forgotten;

  /// Nobody knows any more.
  static final class ForgottenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ForgottenException(StreamName stream) {
      super("What %s held then may have been scavenged".formatted(stream));
    }
  }

  private KeptStates(
      EventStore store,
      ProjectionStreams streams,
      long epoch,
      CheckpointRecord checkpoint,
      long at) {
    this.store = store;
    this.streams = streams;
    this.epoch = epoch;
    this.checkpoint = checkpoint;
    this.at = at;
    then = new StoredStates(store, streams, epoch, new AsOf.Position(at + 1));
  }

  /// Those of the last checkpoint in front of a position. They were written with it, in the same
  /// commit, and it stands last.
  static Optional<KeptStates> before(
      EventStore store, ProjectionStreams streams, long epoch, long end) {
    try (var read = store.read(streams.checkpoint(), ReadOptions.backwards().limit(1).asOf(end))) {
      return read.stream()
          .flatMap(resolved -> resolved.event().stream())
          .findFirst()
          .flatMap(event ->
              CheckpointRecord.of(event)
                  .filter(said -> said.projection() == streams.id() && said.epoch() == epoch)
                  .map(said -> new KeptStates(store, streams, epoch, said, event.position())));
    }
  }

  /// The last position that they know of.
  long position() {
    return checkpoint.position();
  }

  /// Whether another script has made a part of them.
  boolean isMixed() {
    return checkpoint.mixed();
  }

  /// Whether a partition stood still then.
  boolean isParked(String partition) {
    return new ParkedStream(store, streams, epoch, new AsOf.Position(at + 1)).holds(partition);
  }

  boolean isForgotten() {
    return forgotten;
  }

  @Override
  public Optional<Stored> partition(String partition) {
    return known(then.partition(partition), streams.state(epoch, partition));
  }

  @Override
  public Optional<String> shared() {
    return known(then.shared(), streams.sharedState(epoch));
  }

  private <T> Optional<T> known(Optional<T> found, StreamName stream) {
    if (found.isEmpty() && store.state(stream).lastRevision() > 0) {
      forgotten = true;
      throw new ForgottenException(stream);
    }
    return found;
  }
}
