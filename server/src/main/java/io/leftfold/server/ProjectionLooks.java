// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import io.leftfold.api.LeftfoldException;
import io.leftfold.projections.ProjectionException;
import io.leftfold.projections.ProjectionStatistics;
import io.leftfold.projections.Projections;
import io.leftfold.server.node.ServedProjections;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Looks at all projections, one look at a time, and not longer than somebody has patience: a
/// projection that is being stopped answers when it has stopped.
final class ProjectionLooks {

  private final ServedProjections served;
  private final ThreadFactory threads;
  private CompletableFuture<List<ProjectionStatistics>> last =
      CompletableFuture.completedFuture(List.of());

  ProjectionLooks(ServedProjections served, ThreadFactory threads) {
    this.served = served;
    this.threads = threads;
  }

  /// How they stand.
  ///
  /// @return all of them; empty if they do not say in time
  Optional<List<ProjectionStatistics>> look(Duration patience) {
    try {
      return Optional.of(begun().get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException | ExecutionException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private synchronized CompletableFuture<List<ProjectionStatistics>> begun() {
    if (last.isDone()) {
      var next = new CompletableFuture<List<ProjectionStatistics>>();
      last = next;
      threads.newThread(() -> find(next)).start();
    }
    return last;
  }

  private void find(CompletableFuture<List<ProjectionStatistics>> found) {
    try {
      found.complete(served.ifOpen().map(Projections::list).orElse(List.of()));
    } catch (LeftfoldException | ProjectionException unknown) {
      found.completeExceptionally(unknown);
    } catch (RuntimeException | Error failure) {
      found.completeExceptionally(failure);
      throw failure;
    }
  }
}
