// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import io.leftfold.toolkit.ProjectionStoppedException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A part of a running topology, which may run here now, later, or again. What it does for [#await]
/// it does while others begin and end it.
final class Member {

  private final String name;
  private final PartStatus.Kind kind;
  private final Supplier<RunningPart> maker;
  private final boolean isShared;

  /// What runs, or does the asking while nothing does.
  private volatile RunningPart part;

  private volatile boolean isRunning;
  private volatile @Nullable RuntimeException failure;

  /// @param isShared whether it goes on elsewhere when it ends here
  Member(String name, PartStatus.Kind kind, Supplier<RunningPart> maker, boolean isShared) {
    this.name = name;
    this.kind = kind;
    this.maker = maker;
    this.isShared = isShared;
    this.part = maker.get();
  }

  String name() {
    return name;
  }

  boolean isRunning() {
    return isRunning;
  }

  /// Does what there is to do, a step at a time. A failure is kept, and what failed is tried again
  /// the next time.
  ///
  /// @return whether there was something
  /// @throws RuntimeException the failure
  boolean drain() {
    isRunning = true;
    try {
      var moved = part.step();
      for (var more = moved; more; ) {
        more = part.step();
      }
      failure = null;
      return moved;
    } catch (RuntimeException e) {
      failure = e;
      throw e;
    }
  }

  void start() {
    part.start();
    isRunning = true;
  }

  /// Lets another one begin if what ran has ended by itself.
  ///
  /// @return whether it had
  synchronized boolean restart() {
    if (!isRunning || !part.hasEnded()) {
      return false;
    }
    stop();
    start();
    return true;
  }

  /// Ends what runs. Another may begin.
  void stop() {
    isRunning = false;
    part.close();
    part = maker.get();
  }

  boolean hasEnded() {
    return part.hasEnded();
  }

  RunningPart part() {
    return part;
  }

  boolean await(long position, Duration atMost) throws InterruptedException {
    try {
      return part.await(position, isRunning, atMost);
    } catch (ProjectionStoppedException e) {
      if (!isShared) {
        throw e;
      }
      return part.await(position, false, atMost);
    }
  }

  PartStatus status() {
    var one = part;
    return new PartStatus(
        name,
        kind,
        isRunning,
        Optional.<Throwable>ofNullable(failure).or(one::failure),
        isRunning ? one.parked() : 0);
  }

  /// How it is doing; empty if it does not run here.
  Optional<PartFigures> figures() {
    return isRunning ? part.figures() : Optional.empty();
  }

  synchronized void close() {
    isRunning = false;
    part.close();
  }
}
