// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventStore;
import io.leftfold.api.StreamName;
import io.leftfold.projections.storage.ProjectionStreams;
import java.util.Optional;

/// States as they were when a checkpoint was written, as far as that is still known: what was
/// scavenged since looks as if it had never been, so that nothing is said where this may be.
final class KeptStates implements StateStore {

  private final EventStore store;
  private final ProjectionStreams streams;
  private final long epoch;
  private final StoredStates then;
  private boolean forgotten;

  /// Nobody knows any more.
  static final class ForgottenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ForgottenException(StreamName stream) {
      super("What %s held then may have been scavenged".formatted(stream));
    }
  }

  /// @param checkpoint the position of the checkpoint; states stand behind it, in the same commit
  KeptStates(EventStore store, ProjectionStreams streams, long epoch, long checkpoint) {
    this.store = store;
    this.streams = streams;
    this.epoch = epoch;
    then = new StoredStates(store, streams, epoch, new AsOf.Position(checkpoint + 1));
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
