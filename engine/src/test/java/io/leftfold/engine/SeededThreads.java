// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Virtual threads that take turns on one thread, in an order by chance from a seed.
///
/// A turn lasts until the thread waits, yields or ends; what lies between happens at once, as far
/// as the others can see. So the same seed gives the same history. The JDK lets nobody but its own
/// tests schedule virtual threads, so the tests here run with
/// `--add-opens=java.base/java.lang=ALL-UNNAMED`.
///
/// **What it cannot do.** Time does not pass by itself: a thread that waits for a time is only
/// woken by somebody. And nobody may wait for a monitor that another of the threads holds, for the
/// JDK wakes those from a thread of its own: what is held while others have their turn is a
/// [java.util.concurrent.locks.Lock]. Both fail, and say where. A monitor that somebody else in the
/// process holds for a moment, as for loading a class, is waited for within the turn.
final class SeededThreads implements ThreadFactory {

  private static final Constructor<?> BUILDER = builder();

  /// How much less often a slow thread has its turn.
  private static final int SLOWNESS = 32;

  private static final int MONITOR_SECONDS = 20;

  private final Thread owner = Thread.currentThread();
  private final Random random;
  private final List<Seat> seats = new ArrayList<>();
  private final List<Seat> ready = new ArrayList<>();
  private final BlockingQueue<Seat> wokenFromOutside = new LinkedBlockingQueue<>();
  private @Nullable Seat running;
  private long turns;
  private long trace;
  private volatile @Nullable Throwable failure;

  /// A thread and its place in the order of all.
  private static final class Seat {
    final int number;
    final boolean slow;
    @Nullable Thread thread;
    @Nullable Runnable turn;

    Seat(int number, boolean slow) {
      this.number = number;
      this.slow = slow;
    }

    Thread thread() {
      return Objects.requireNonNull(thread);
    }

    boolean hasEnded() {
      var state = thread().getState();
      return state == Thread.State.TERMINATED || state == Thread.State.NEW;
    }

    @Override
    public String toString() {
      return "Thread %d (%s), %s:%n%s"
          .formatted(
              number,
              thread().getName(),
              thread().getState(),
              Arrays.stream(thread().getStackTrace())
                  .map(frame -> "  at " + frame + System.lineSeparator())
                  .collect(Collectors.joining()));
    }
  }

  /// To be used by the thread that makes it.
  ///
  /// @param seed of the order of turns
  SeededThreads(long seed) {
    this.random = new Random(seed);
  }

  private static Constructor<?> builder() {
    try {
      var constructor =
          Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
              .getDeclaredConstructor(Executor.class);
      constructor.setAccessible(true);
      return constructor;
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException(
          "Virtual threads cannot be scheduled here; run with"
              + " --add-opens=java.base/java.lang=ALL-UNNAMED, on a JDK 25",
          e);
    }
  }

  @Override
  public Thread newThread(Runnable work) {
    var seat = new Seat(seats.size(), random.nextInt(8) == 0);
    Executor scheduler = turn -> hasWork(seat, turn);
    try {
      var builder = (Thread.Builder.OfVirtual) BUILDER.newInstance(scheduler);
      seat.thread =
          builder.uncaughtExceptionHandler((_, thrown) -> failure = thrown).unstarted(work);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
    seats.add(seat);
    return seat.thread();
  }

  /// Kept in the order of numbers, so that it does not matter who was woken before whom.
  private void hasWork(Seat seat, Runnable turn) {
    seat.turn = turn;
    var current = Thread.currentThread();
    if (!current.equals(owner) && (running == null || !current.equals(running.thread))) {
      wokenFromOutside.add(seat);
      return;
    }
    var at = ready.size();
    while (at > 0 && ready.get(at - 1).number > seat.number) {
      at--;
    }
    ready.add(at, seat);
  }

  /// Gives one thread its turn.
  ///
  /// @return whether there was one that could go on
  boolean turn() {
    requireNoFailure();
    if (ready.isEmpty()) {
      return false;
    }
    var next = ready.remove(pick());
    running = next;
    turns++;
    trace = trace * 1_000_003 + next.number;
    do {
      Objects.requireNonNull(next.turn).run();
    } while (isAboutToBeWokenFromOutside(next));
    running = null;
    requireNoFailure();
    return true;
  }

  /// Waits while a thread that had its turn waits for a monitor.
  private boolean isAboutToBeWokenFromOutside(Seat seat) {
    if (ready.contains(seat)) {
      return false;
    }
    switch (seat.thread().getState()) {
      case NEW, WAITING, TIMED_WAITING, TERMINATED -> {
        return false;
      }
      case BLOCKED, RUNNABLE -> {
        try {
          if (wokenFromOutside.poll(MONITOR_SECONDS, TimeUnit.SECONDS) != seat) {
            throw new AssertionError("%s waits for a monitor; it is to be a Lock".formatted(seat));
          }
          return true;
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    return false;
  }

  private int pick() {
    var picked = random.nextInt(ready.size());
    return ready.get(picked).slow && random.nextInt(SLOWNESS) > 0
        ? random.nextInt(ready.size())
        : picked;
  }

  private void requireNoFailure() {
    if (!wokenFromOutside.isEmpty()) {
      throw new AssertionError("Threads were woken from outside: " + wokenFromOutside);
    }
    var thrown = failure;
    if (thrown != null) {
      throw new AssertionError("A thread failed: " + thrown, thrown);
    }
  }

  /// Requires that threads have ended: nobody waits for what will never come.
  void requireEnded(List<Thread> threads) {
    var waiting =
        seats.stream().filter(seat -> threads.contains(seat.thread) && !seat.hasEnded()).toList();
    if (!waiting.isEmpty()) {
      throw new AssertionError("Nobody can go on, and these wait: " + waiting);
    }
  }

  /// Requires that all threads have ended, and forgets them.
  void requireAllEnded() {
    requireEnded(seats.stream().map(Seat::thread).toList());
    seats.clear();
  }

  /// How many turns there were.
  long turns() {
    return turns;
  }

  /// Who had a turn when: two histories with the same are the same.
  long trace() {
    return trace;
  }
}
