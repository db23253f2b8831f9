// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.EventStore;
import io.leftfold.projections.storage.DefinitionRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// What all projections of a process share.
///
/// @param workers fold, each one projection at a time
/// @param lanes fold partitions of one projection beside each other
/// @param threads makes virtual threads, for what waits for the store
/// @param running which projections run in this process, by name
record ProjectionHost(
    EventStore store,
    ProjectionRuntime runtime,
    ProjectionOptions options,
    Executor workers,
    LaneThreads lanes,
    ThreadFactory threads,
    LongSupplier nanoClock,
    Predicate<String> running) {

  UUID newId() {
    UUID id;
    do {
      id = new UUID(options.random().nextLong(), options.random().nextLong());
    } while (id.equals(new UUID(0, 0)));
    return id;
  }

  CompiledProjection compile(String name, String query, long timeoutMillis) {
    return runtime.compile(new ProjectionSource(name, query), limits(timeoutMillis));
  }

  private ProjectionLimits limits(long timeoutMillis) {
    var limits = options.limits();
    return timeoutMillis > 0
        ? limits.withTimes(limits.compilation(), Duration.ofMillis(timeoutMillis))
        : limits;
  }

  /// Has a worker do what runs a script, and waits for it: of the thread of whoever asks, which may
  /// be a virtual one, nobody knows what the script takes. Not to be called by a worker.
  <T> T byWorker(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, workers).join();
    } catch (RejectedExecutionException _) {
      throw new ProjectionException(
          ProjectionException.Reason.CLOSED, "The projections of this store were closed");
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /// What a script says about itself, for whoever asks often; nothing if it is none.
  Optional<ProjectionDefinition> said(String name, DefinitionRecord definition) {
    return known(name, definition).script().map(CompiledProjection::definition);
  }

  /// A script for whoever asks often. Its text is run by a worker, once, whatever it comes to.
  RecentScripts.Known known(String name, DefinitionRecord definition) {
    var source = new ProjectionSource(name, definition.query());
    var limits = limits(definition.settings().projectionExecutionTimeout());
    return runtime
        .recent(source, limits)
        .orElseGet(() -> byWorker(() -> runtime.known(source, limits)));
  }

  /// @throws ProjectionFaultException if a text is no script
  void requireScript(String name, String query, long timeoutMillis) {
    var _ = byWorker(() -> compile(name, query, timeoutMillis));
  }

  CompiledProjection compile(String name, DefinitionRecord definition) {
    return compile(name, definition.query(), definition.settings().projectionExecutionTimeout());
  }

  RunningProjection newRun(Runnable news) {
    return new RunningProjection(store, workers, threads, nanoClock, runtime::allocatedBytes, news);
  }
}
