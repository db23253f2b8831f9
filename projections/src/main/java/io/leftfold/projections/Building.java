// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ReadOptions;
import io.leftfold.projections.storage.CheckpointRecord;
import io.leftfold.projections.storage.DefinitionRecord;
import io.leftfold.projections.storage.ProjectionStreams;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// A version that is built beside the current one: it folds from zero, emits nothing, and never
/// comes past the other one. Guarded by the projection's lock.
final class Building {

  private static final long LOOK_NANOS = 2_000_000;

  private final BiFunction<DefinitionRecord.Building, RunHints, RunningProjection> opening;
  private final ProjectionHost host;
  private final ProjectionStreams streams;
  private final DefinitionRecord.Building version;
  private @Nullable RunningProjection run;
  private long barrier = Long.MIN_VALUE;
  private long position = -1;
  private long againAt;
  private String reason = "";

  Building(
      BiFunction<DefinitionRecord.Building, RunHints, RunningProjection> opening,
      ProjectionHost host,
      ProjectionStreams streams,
      DefinitionRecord.Building version) {
    this.opening = opening;
    this.host = host;
    this.streams = streams;
    this.version = version;
    start(RunHints.NONE);
  }

  private void start(RunHints hints) {
    run = opening.apply(version, hints);
    barrier = Long.MIN_VALUE;
    reason = "";
  }

  /// Lets it come as far as the old version is.
  ///
  /// @param old where that is
  /// @return whether it has come there
  boolean hasCome(long old) {
    look();
    var running = run;
    if (running == null) {
      return false;
    }
    if (barrier != old) {
      barrier = old;
      running.barrier(old);
    }
    position = running.ask(RunCore::position).join().orElse(position);
    return position >= old;
  }

  private void look() {
    var running = run;
    if (running != null && running.ended().isDone()) {
      run = null;
      switch (running.ended().join()) {
        case RunEnd.Again(var hints) -> start(hints);
        case RunEnd.StoreFailed(var why) -> {
          reason = why;
          againAt = host.options().clock().millis() + 1_000;
        }
        case RunEnd.Faulted(var why) -> {
          reason = why;
          againAt = Long.MAX_VALUE;
        }
        case RunEnd.Stopped _, RunEnd.Aborted _, RunEnd.Completed _, RunEnd.Fenced _ -> {
          reason = "Ended";
          againAt = Long.MAX_VALUE;
        }
      }
    }
    if (run == null && host.options().clock().millis() >= againAt) {
      start(RunHints.NONE);
    }
  }

  /// Comes to a place that is near, and ends there.
  ///
  /// @return its checkpoint; nothing if it did not come there
  Optional<CheckpointRecord> finish(long place) {
    while (!hasCome(place)) {
      if (run == null) {
        return Optional.empty();
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    var running = run;
    if (running == null || !(running.stop().join() instanceof RunEnd.Stopped)) {
      return Optional.empty();
    }
    try (var read =
        host.store()
            .read(streams.checkpointBeside(version.epoch()), ReadOptions.backwards().limit(1))) {
      return Optional.of(
          read.stream()
              .flatMap(resolved -> resolved.event().stream())
              .findFirst()
              .flatMap(CheckpointRecord::of)
              .orElseGet(() -> CheckpointRecord.start(streams.id(), version.epoch())));
    }
  }

  ProjectionStatistics.Building figures() {
    return new ProjectionStatistics.Building(version.epoch(), position, reason);
  }

  void close() {
    if (run != null) {
      run.stop().join();
    }
  }
}
