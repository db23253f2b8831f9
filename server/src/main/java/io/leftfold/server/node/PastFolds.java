// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.UnavailableException;
import io.leftfold.projections.FoldProgress;
import io.leftfold.projections.ProjectionException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/// Folds that somebody waits for: so many at a time, each for so long, each on a platform thread,
/// for only of those can be told what a script takes.
public final class PastFolds {

  private final int atATime;
  private final Semaphore free;
  private final Duration longest;
  private final Clock clock;
  private final ThreadFactory threads;
  private final KeptDebuggers debuggers;

  /// No fold is under way.
  ///
  /// @param atATime how many may be, above 0
  /// @param longest how long one may take
  /// @param clock tells the time
  /// @param threads makes a platform thread for each
  public PastFolds(int atATime, Duration longest, Clock clock, ThreadFactory threads) {
    this.atATime = atATime;
    this.longest = longest;
    this.clock = clock;
    this.threads = threads;
    free = new Semaphore(atATime);
    debuggers = new KeptDebuggers(clock, KeptDebuggers.STATE_BYTES_MAX);
  }

  /// Those that wait for the next page.
  KeptDebuggers debuggers() {
    return debuggers;
  }

  /// Does something, and waits for it.
  ///
  /// @param <T> what comes of it
  /// @param progress is told how far it is, and may end it
  /// @param work what to do; tells how far it is
  /// @return what came of it
  /// @throws UnavailableException if too many are under way
  /// @throws ProjectionException if it takes too long
  <T> T run(FoldProgress progress, Function<FoldProgress, T> work) {
    if (!free.tryAcquire()) {
      throw new UnavailableException(
          UnavailableException.Reason.TOO_BUSY,
          "At most %d folds of the past are under way at a time, and they are; try again later"
              .formatted(atATime));
    }
    var done = new CompletableFuture<T>();
    // There is room again before anybody hears of the end.
    var over = done.whenComplete((_, _) -> free.release());
    threads
        .newThread(() -> {
          try {
            done.complete(work.apply(limited(progress)));
          } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
          }
        })
        .start();
    try {
      return over.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw e;
      }
    }
  }

  private FoldProgress limited(FoldProgress progress) {
    var until = clock.instant().plus(longest);
    return (position, end, events) -> {
      if (clock.instant().isAfter(until)) {
        throw ProjectionException.notPossible(
            "A fold of the past may take %d s, and this one has come to position %d of %d by then; ask for less of the past, or in the store's own directory"
                .formatted(longest.toSeconds(), position, end));
      }
      return progress.at(position, end, events);
    };
  }
}
