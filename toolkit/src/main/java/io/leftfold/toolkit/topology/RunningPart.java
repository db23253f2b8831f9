// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import io.leftfold.toolkit.ProjectionStoppedException;
import io.leftfold.toolkit.Projector;
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

  @Override
  void close();

  /// Of a projection.
  record OfProjection(Projector<?, ?> projector) implements RunningPart {
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
      return here ? projector.await(position, atMost) : projector.awaitKept(position, atMost);
    }

    @Override
    public Optional<Throwable> failure() {
      return projector.status().failure().map(failure -> failure);
    }

    @Override
    public void close() {
      projector.close();
    }
  }

  /// Of a process.
  final class OfProcess implements RunningPart {

    private final ProcessRunner<?, ?, ?> runner;
    private final ThreadFactory threads;
    private @Nullable SteppedProcess stepped;
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
    public void close() {
      if (stepped != null) {
        stepped.close();
      }
      var one = running;
      if (one != null) {
        one.close();
      }
    }
  }
}
