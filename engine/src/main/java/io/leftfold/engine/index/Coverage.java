// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.UnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Whether the index covers the log. While it does not, nobody is answered from it: half a list is
/// a wrong answer.
///
/// It begins as *being made*, and becomes *whole* or *not to be made*, once.
final class Coverage {

  private final CompletableFuture<Void> whole = new CompletableFuture<>();

  // Readers load this and then the row of parts: it is set when the row is whole.
  private volatile boolean isWhole;
  private volatile boolean isLeft;
  private volatile @Nullable CorruptLogException damage;

  boolean isWhole() {
    return isWhole;
  }

  /// Leaves it to the indexer to make the index whole. Before, opening is at work itself.
  void leaveToIndexer() {
    isLeft = true;
  }

  /// Whether the indexer is to make what is missing.
  boolean isLeftToIndexer() {
    return isLeft && !isWhole && damage == null;
  }

  /// Why it will never be whole; null if it may become so.
  @Nullable CorruptLogException damage() {
    return damage;
  }

  /// Completes when it is whole, or fails when it is known that it cannot be made.
  CompletionStage<Void> whole() {
    return whole.minimalCompletionStage();
  }

  /// Every list is complete from now on.
  void becomeWhole() {
    isWhole = true;
    whole.complete(null);
  }

  /// The log is damaged where it has to be read.
  void becomeImpossible(CorruptLogException found) {
    damage = found;
    whole.completeExceptionally(found);
  }

  /// Nobody waits any longer.
  void close() {
    whole.completeExceptionally(
        new UnavailableException(
            UnavailableException.Reason.CLOSED, "The store was closed before its index was whole"));
  }

  /// Why there is no answer from the index.
  ///
  /// @param indexed how many events are indexed
  /// @param events of how many
  RuntimeException refusal(long indexed, long events, @Nullable Throwable failure) {
    var found = damage;
    if (found != null) {
      return found; // with the trace that shows where it was found
    }
    return new UnavailableException(
        UnavailableException.Reason.INDEXING,
        "The index is being made from the log: %,d of %,d events are indexed%s. Until then only reads of everything are answered; try again later"
            .formatted(
                indexed,
                events,
                failure == null ? "" : ", and the last attempt to go on failed: " + failure));
  }
}
