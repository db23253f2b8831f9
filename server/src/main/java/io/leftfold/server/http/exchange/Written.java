// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import io.leftfold.api.AppendResult;
import io.leftfold.api.LeftfoldException;
import io.leftfold.server.node.Completion;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Waits for the writer, on the thread of a request.
public final class Written {

  private Written() {}

  /// Writes, and waits until that is durable.
  ///
  /// @param write begins it
  /// @param patience how long to wait
  /// @return what was written; empty if nobody knows yet whether it was
  /// @throws LeftfoldException if it was refused
  public static Optional<AppendResult> await(Consumer<Completion> write, Duration patience) {
    var outcome = new CompletableFuture<AppendResult>();
    write.accept(
        new Completion() {
          @Override
          public void completed(AppendResult result) {
            outcome.complete(result);
          }

          @Override
          public void failed(LeftfoldException reason) {
            outcome.completeExceptionally(reason);
          }
        });
    try {
      return Optional.of(outcome.get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LeftfoldException refused) {
        throw refused;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
