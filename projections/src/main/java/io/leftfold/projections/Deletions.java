// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.LeftfoldException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Deletions of projections that are under way, each beside all else, for a projection may have
/// very many streams. Until one is done, the projection's name is nobody else's: some of its
/// streams are called by it.
final class Deletions {

  private static final long PATIENCE_SECONDS = 5;

  private final ThreadFactory threads;
  private final Map<String, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

  Deletions(ThreadFactory threads) {
    this.threads = threads;
  }

  /// Begins one.
  ///
  /// @param name which projection
  /// @param work what there is to do
  /// @param failed is told why it could not be done, before the name is free
  /// @return done when it is, either way
  CompletableFuture<Void> begin(String name, Runnable work, Consumer<RuntimeException> failed) {
    var done = new CompletableFuture<Void>();
    underWay.put(name, done);
    threads
        .newThread(() -> {
          try {
            work.run();
            underWay.remove(name);
            done.complete(null);
          } catch (RuntimeException e) {
            failed.accept(e);
            underWay.remove(name);
            done.completeExceptionally(e);
          } catch (Error e) {
            underWay.remove(name);
            done.completeExceptionally(e);
            throw e;
          }
        })
        .start();
    return done;
  }

  boolean isUnderWay(String name) {
    return underWay.containsKey(name);
  }

  Optional<CompletableFuture<Void>> of(String name) {
    return Optional.ofNullable(underWay.get(name));
  }

  List<CompletableFuture<Void>> all() {
    return List.copyOf(underWay.values());
  }

  /// Waits a while, so that most are done when somebody is told so. One that takes longer goes on.
  ///
  /// @throws LeftfoldException if the store did not do it
  static void await(CompletableFuture<Void> deletion) {
    try {
      deletion.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException _) {
      // It goes on.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
