// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import io.leftfold.toolkit.Checkpoint.Role;
import io.leftfold.toolkit.ProjectionStatus.Phase;
import io.leftfold.toolkit.ProjectionStoppedException;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.process.ProcessFigures;
import io.leftfold.toolkit.process.ProcessRunner;
import io.leftfold.toolkit.process.RunningProcess;
import io.leftfold.toolkit.process.SteppedProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// What runs a part, either a step at a time or in the background, from when it is made until it is
/// closed.
sealed interface RunningPart extends AutoCloseable {

  /// Does the next thing there is to do, in the caller's thread.
  ///
  /// @return whether there was one
  boolean step();

  /// From now on it goes on by itself.
  void start();

  /// Waits until everything up to a position is in the view, whoever folds it.
  ///
  /// @param here whether it is this one
  /// @return whether it is; always, if it has no view
  /// @throws ProjectionStoppedException if it will not come
  boolean await(long position, boolean here, Duration atMost) throws InterruptedException;

  /// What ended it, if it was not closed, or what it tries to get over.
  Optional<Throwable> failure();

  /// How many of its partitions or instances stand still, as far as it knows.
  long parked();

  /// Whether it was started, and goes on no more though nobody has closed it.
  boolean hasEnded();

  /// How it is doing; empty if it does nothing.
  Optional<PartFigures> figures();

  @Override
  void close();

  /// Of a projection.
  record OfProjection(Projector<?, ?> projector) implements RunningPart {

    /// The place at which a projection is that has begun.
    private static final long BEGUN = -1;

    @Override
    public boolean step() {
      return projector.step();
    }

    @Override
    public void start() {
      projector.start();
    }

    @Override
    public boolean await(long position, boolean here, Duration atMost) throws InterruptedException {
      if (!here) {
        return projector.awaitKept(position, atMost);
      }
      if (!projector.await(BEGUN, atMost)) {
        return false;
      }
      // One that is built is as far when it is as far; what is read is the other one.
      return projector.status().role().filter(role -> role == Role.LIVE).isPresent()
          ? projector.await(position, atMost)
          : projector.awaitKept(position, atMost);
    }

    @Override
    public Optional<Throwable> failure() {
      return projector.status().failure().map(failure -> failure);
    }

    @Override
    public long parked() {
      return projector.status().parked().size();
    }

    @Override
    public boolean hasEnded() {
      return projector.status().phase() == Phase.STOPPED;
    }

    @Override
    public Optional<PartFigures> figures() {
      return Optional.of(new PartFigures.OfProjection(projector.figures()));
    }

    @Override
    public void close() {
      projector.close();
    }
  }

  /// Of a process.
  final class OfProcess implements RunningPart {

    final ProcessRunner<?, ?, ?> runner;
    private final ThreadFactory threads;
    private volatile @Nullable SteppedProcess stepped;
    private volatile @Nullable RunningProcess running;

    OfProcess(ProcessRunner<?, ?, ?> runner, ThreadFactory threads) {
      this.runner = runner;
      this.threads = threads;
    }

    @Override
    public boolean step() {
      var one = stepped;
      if (one == null) {
        one = runner.stepByStep();
        stepped = one;
      }
      return one.step();
    }

    @Override
    public void start() {
      running = runner.start(threads);
    }

    @Override
    public boolean await(long position, boolean here, Duration atMost) {
      return true;
    }

    @Override
    public Optional<Throwable> failure() {
      var one = running;
      return one == null ? Optional.empty() : one.failure();
    }

    @Override
    public long parked() {
      var inBackground = running;
      var byStep = stepped;
      return inBackground == null ? (byStep == null ? 0 : byStep.parked()) : inBackground.parked();
    }

    @Override
    public boolean hasEnded() {
      return failure().isPresent();
    }

    @Override
    public Optional<PartFigures> figures() {
      var inBackground = running;
      var byStep = stepped;
      return Optional.<ProcessFigures>empty()
          .or(() -> Optional.ofNullable(inBackground).map(RunningProcess::figures))
          .or(() -> Optional.ofNullable(byStep).map(SteppedProcess::figures))
          .map(PartFigures.OfProcess::new);
    }

    @Override
    public void close() {
      var byStep = stepped;
      if (byStep != null) {
        byStep.close();
      }
      var one = running;
      if (one != null) {
        one.close();
      }
    }
  }
}
