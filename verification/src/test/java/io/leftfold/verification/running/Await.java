// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.running;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Patience that ends: everything that a test waits for comes within [#LIMIT], or the test fails.
public final class Await {

  /// How long anything may take here, on a busy machine.
  public static final Duration LIMIT = Duration.ofSeconds(20);

  private static final long LOOK_AGAIN_NANOS = 2_000_000;

  private Await() {}

  /// Waits for a condition, looking again and again.
  ///
  /// @param what names it in the failure
  /// @param condition is looked at
  public static void until(String what, Callable<Boolean> condition) {
    until(() -> what, condition);
  }

  /// Waits for a condition, looking again and again.
  ///
  /// @param what names it, and what was found instead, in the failure
  /// @param condition is looked at
  public static void until(Supplier<String> what, Callable<Boolean> condition) {
    var deadline = System.nanoTime() + LIMIT.toNanos();
    while (!holds(condition)) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("Waited %s for: %s".formatted(LIMIT, what.get()));
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  private static boolean holds(Callable<Boolean> condition) {
    try {
      return condition.call();
    } catch (Exception e) {
      throw new AssertionError("While waiting", e);
    }
  }

  /// What a future comes to.
  ///
  /// @param future of a call that is to succeed
  /// @return its result
  public static <T> T result(CompletableFuture<T> future) {
    try {
      return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("The call failed: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("The call took longer than " + LIMIT, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// Why a future fails.
  ///
  /// @param type of the failure
  /// @param future of a call that is to fail
  /// @return the cause
  public static <E extends Throwable> E failure(Class<E> type, CompletableFuture<?> future) {
    try {
      var result = future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      throw new AssertionError("Expected %s, got %s".formatted(type, result));
    } catch (ExecutionException e) {
      if (type.isInstance(e.getCause())) {
        return type.cast(e.getCause());
      }
      throw new AssertionError("Expected %s".formatted(type), e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("The call took longer than " + LIMIT, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// The next thing in a queue.
  ///
  /// @param queue filled by another thread
  /// @return the thing
  public static <T> T next(BlockingQueue<T> queue) {
    try {
      var next = queue.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (next == null) {
        throw new AssertionError("Nothing came within " + LIMIT);
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
