// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.UnavailableException;
import io.leftfold.toolkit.keys.KeysUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A process that runs in the background: one thread takes inputs, another sees to what the
/// instances want, and each command that is with its target has one.
///
/// A store that cannot answer is asked again; anything else that goes wrong outside the
/// application's functions ends it, and is told by [#failure()]. So does an error of the virtual
/// machine, wherever it shows.
public final class RunningProcess implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(RunningProcess.class.getName());

  /// How late a timer may be noticed if somebody turns the clock.
  private static final Duration WAIT = Duration.ofMillis(100);

  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();

  private final UnderWay deliveries = new UnderWay();

  private final ThreadFactory factory;
  private final Conductor<?, ?, ?> conductor;
  private final Figures figures;
  private final Duration patience;
  private volatile @Nullable Throwable failure;

  private RunningProcess(
      Function<Executor, Conductor<?, ?, ?>> conductors,
      Function<Conductor<?, ?, ?>, Figures> figures,
      Duration patience,
      ThreadFactory factory) {
    this.factory = factory;
    this.patience = patience;
    this.conductor = conductors.apply(this::deliver);
    this.figures = figures.apply(conductor);
  }

  static RunningProcess start(
      Inbox<?, ?, ?> inbox,
      Function<Executor, Conductor<?, ?, ?>> conductors,
      Function<Conductor<?, ?, ?>, Figures> figures,
      Duration patience,
      ThreadFactory factory) {
    var running = new RunningProcess(conductors, figures, patience, factory);
    running.run(() -> running.takeInputs(inbox));
    running.run(running::conduct);
    return running;
  }

  private void run(Runnable work) {
    var thread = factory.newThread(work);
    threads.add(thread);
    thread.start();
  }

  private void deliver(Runnable delivery) {
    deliveries.begins();
    factory
        .newThread(() -> {
          try {
            delivery.run();
          } catch (Throwable e) { // its command stays where it is
            fail(e);
            throw e;
          } finally {
            deliveries.ends();
          }
        })
        .start();
  }

  private void takeInputs(Inbox<?, ?, ?> inbox) {
    try (inbox) {
      repeat(
          () -> {
            if (conductor.isFull()) {
              var _ = closing.await(1, TimeUnit.MILLISECONDS);
            } else {
              var _ = inbox.turn(WAIT);
            }
          },
          inbox::reopen);
    }
  }

  private void conduct() {
    try (conductor) {
      repeat(
          () -> {
            var _ = conductor.turn(WAIT);
            var _ = conductor.fireOne();
          },
          conductor::reopen);
      // What is with its target is let finish, and recorded.
      var left = deliveries.awaitNone(patience);
      if (left > 0) {
        LOGGER.log(
            System.Logger.Level.WARNING,
            "A process is closed while {0} of its commands are with targets that do not answer;"
                + " they come again with the next start, with the same ids",
            left);
      }
    }
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private void repeat(Work turn, Runnable again) {
    var isRetrying = false;
    while (closing.getCount() > 0) {
      try {
        turn.run();
        if (isRetrying) {
          LOGGER.log(System.Logger.Level.INFO, "A process goes on again");
        }
        isRetrying = false;
      } catch (UnavailableException | KeysUnavailableException e) {
        if (isClosed(e)) {
          fail(e);
          return;
        }
        if (!isRetrying) {
          LOGGER.log(System.Logger.Level.WARNING, "A process tries again until it works", e);
        }
        isRetrying = true;
        if (!paused()) {
          fail(e);
          return;
        }
        again.run();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      } catch (Throwable e) {
        fail(e);
        return;
      }
    }
  }

  private static boolean isClosed(RuntimeException failure) {
    return failure instanceof UnavailableException unavailable
        && unavailable.reason() == UnavailableException.Reason.CLOSED;
  }

  private boolean paused() {
    try {
      var _ = closing.await(WAIT.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void fail(Throwable e) {
    if (closing.getCount() > 0) {
      failure = e;
      LOGGER.log(System.Logger.Level.ERROR, "A process does not run any more", e);
    }
    closing.countDown();
  }

  /// What ended it, if it was not closed.
  ///
  /// @return the failure; empty as long as it runs
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /// How it is doing. For any thread, also when it has ended.
  ///
  /// @return the figures
  /// @throws io.leftfold.api.UnavailableException if the store cannot be asked
  public ProcessFigures figures() {
    return figures.read(closing.getCount() > 0);
  }

  /// How many instances stand still, as far as entries were counted. For any thread; asks no store.
  ///
  /// @return 0 or more
  public long parked() {
    return figures.parked();
  }

  /// Ends it, and waits until nothing of it runs any more. Commands that are with their targets are
  /// waited for, and their outcomes recorded, but no longer than [ProcessOptions#patience()]: a
  /// target that does not come back keeps its thread, for nothing may interrupt one that may be in
  /// the files of a store, and its command comes again with the next start. Closing twice does
  /// nothing.
  @Override
  public void close() {
    closing.countDown();
    for (var thread : threads) {
      join(thread);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
