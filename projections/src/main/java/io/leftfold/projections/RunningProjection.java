// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.EventStore;
import io.leftfold.api.LeftfoldException;
import io.leftfold.projections.reading.Batch;
import io.leftfold.projections.reading.Cursor;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The threads around a [RunCore].
///
/// The core belongs to whichever worker has its turn; the workers are shared by all projections,
/// and a turn is short. One virtual thread reads ahead, and each step is written by another one;
/// both tell by the mailbox.
final class RunningProjection implements RunEffects, SourceReader.Taker {

  private static final System.Logger LOGGER = System.getLogger(RunningProjection.class.getName());
  private static final int TURN_EVENTS = 512;

  private final EventStore store;
  private final Executor workers;
  private final ThreadFactory threads;
  private final LongSupplier nanoClock;
  private final LongSupplier allocatedBytes;
  private final Runnable news;
  private final Queue<Runnable> mailbox = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean isScheduled = new AtomicBoolean();
  private final CompletableFuture<RunEnd> ended = new CompletableFuture<>();

  // What follows belongs to the worker that has the turn.

  private @Nullable RunCore core;
  private @Nullable SourceReader reader;
  private @Nullable MemoryStates memory;
  private int posted;
  private long foldingNanos;
  private volatile @Nullable RunFigures lastFigures;
  private volatile long lastFoldingNanos;
  private volatile Pulse pulse = new Pulse(-1, Optional.empty(), false);

  /// @param allocatedBytes what the thread that asks has allocated
  /// @param news called when it has ended
  RunningProjection(
      EventStore store,
      Executor workers,
      ThreadFactory threads,
      LongSupplier nanoClock,
      LongSupplier allocatedBytes,
      Runnable news) {
    this.store = store;
    this.news = news;
    this.workers = workers;
    this.threads = threads;
    this.nanoClock = nanoClock;
    this.allocatedBytes = allocatedBytes;
  }

  /// What it runs.
  interface Opening {
    /// Reads what there is to go on from.
    RunCore open(RunEffects effects);
  }

  /// Begins.
  ///
  /// @param opening makes the core, on a worker
  /// @param source makes the cursor behind a position
  /// @param readAhead how many events are read ahead
  /// @param inMemory where states go if they are not stored; nothing if they are
  void start(
      Opening opening,
      Function<RunCore, Cursor> source,
      int readAhead,
      @Nullable MemoryStates inMemory) {
    memory = inMemory;
    post(() -> {
      try {
        var opened = opening.open(this);
        core = opened;
        reader = new SourceReader(source.apply(opened), readAhead, this);
        threads.newThread(reader).start();
      } catch (LeftfoldException e) {
        finish(RunEnd.of(e, "Reading ($r) states of the projection"));
      } catch (ProjectionFaultException | IllegalArgumentException e) {
        finish(new RunEnd.Faulted(String.valueOf(e.getMessage())));
      }
    });
  }

  /// How far it was after its last turn.
  ///
  /// @param definition what it reads, once it has begun
  /// @param isWaiting whether it waits for a time, to try again
  record Pulse(long position, Optional<ProjectionDefinition> definition, boolean isWaiting) {}

  // ---- from any thread

  Pulse pulse() {
    return pulse;
  }

  /// Done when it has ended.
  CompletableFuture<RunEnd> ended() {
    return ended;
  }

  /// Asks the core; nothing if it has ended, or not begun.
  <T> CompletableFuture<Optional<T>> ask(Function<RunCore, T> question) {
    var answer = new CompletableFuture<Optional<T>>();
    post(() -> {
      try {
        var owned = core;
        answer.complete(
            owned == null || ended.isDone()
                ? Optional.empty()
                : Optional.of(question.apply(owned)));
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    });
    return answer;
  }

  /// Asks the core, and waits for its answer.
  <T> Optional<T> asked(Function<RunCore, T> question) {
    try {
      return ask(question).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /// How it is, or was when it ended.
  Optional<RunFigures> figures() {
    var now = ended.isDone() ? Optional.<RunFigures>empty() : ask(RunCore::figures).join();
    return now.or(() -> Optional.ofNullable(lastFigures));
  }

  /// How long it has folded.
  long foldingMillis() {
    return lastFoldingNanos / 1_000_000;
  }

  CompletableFuture<RunEnd> stop() {
    tell(RunCore::stop);
    return ended;
  }

  CompletableFuture<RunEnd> abort() {
    tell(RunCore::abort);
    return ended;
  }

  private void tell(Consumer<RunCore> what) {
    post(() -> {
      if (core != null) {
        what.accept(core);
      }
    });
  }

  /// Has it end, to begin again behind its checkpoint.
  void renew() {
    tell(RunCore::renew);
  }

  /// Lets it look at the time.
  void tick() {
    post(() -> {});
  }

  /// Lets it come as far as this, and has it read so far: what it waits for may never come.
  ///
  /// @param lastPosition a position that the store has
  void barrier(long lastPosition) {
    tell(owned -> {
      owned.barrier(lastPosition);
      if (reader != null) {
        reader.look();
      }
    });
  }

  private void post(Runnable what) {
    mailbox.add(what);
    schedule();
  }

  private void schedule() {
    if (isScheduled.compareAndSet(false, true)) {
      try {
        workers.execute(this::turn);
      } catch (RejectedExecutionException _) {
        // Everything was closed. Whoever still asks is not to wait for ever.
        ended.complete(new RunEnd.Aborted());
        for (var task = mailbox.poll(); task != null; task = mailbox.poll()) {
          task.run();
        }
      }
    }
  }

  // ---- what the core and the reader say

  @Override
  public long allocatedBytes() {
    return allocatedBytes.getAsLong();
  }

  @Override
  public void write(Step step) {
    if (memory != null) {
      var objection = memory.put(step.changes());
      post(() ->
          tellCore(owned ->
              objection.ifPresentOrElse(
                  owned::hasNoRoom, () -> owned.written(step, step.number()))));
      return;
    }
    threads
        .newThread(() -> {
          try {
            var revision = store.append(step.commit()).streams().getLast().lastRevision();
            post(() -> tellCore(owned -> owned.written(step, revision)));
          } catch (RuntimeException e) {
            post(() -> tellCore(owned -> owned.writeFailed(step, e)));
          } catch (Error e) {
            var failure = new IllegalStateException(e);
            post(() -> tellCore(owned -> owned.writeFailed(step, failure)));
            throw e;
          }
        })
        .start();
  }

  private void tellCore(Consumer<RunCore> what) {
    if (core != null) {
      what.accept(core);
    }
  }

  @Override
  public void read(Batch batch) {
    post(() -> {
      if (core != null) {
        posted++;
        core.take(batch);
      }
    });
  }

  @Override
  public void failed(RuntimeException reason) {
    tell(owned -> owned.readFailed(reason));
  }

  // ---- a turn

  private void turn() {
    var goesOn = false;
    try {
      goesOn = work();
    } catch (RuntimeException | Error e) {
      // Whatever it was: a run that ends is begun again, one that hangs is not.
      LOGGER.log(System.Logger.Level.ERROR, "A projection failed in a way that nobody foresaw", e);
      finish(new RunEnd.StoreFailed("It failed in a way that nobody foresaw (%s)".formatted(e)));
    }
    isScheduled.set(false);
    if (goesOn || !mailbox.isEmpty()) {
      schedule();
    }
  }

  private boolean work() {
    for (var task = mailbox.poll(); task != null; task = mailbox.poll()) {
      task.run();
    }
    var owned = core;
    if (owned == null || ended.isDone()) {
      return false;
    }
    var began = nanoClock.getAsLong();
    var goesOn = owned.turn(TURN_EVENTS);
    foldingNanos += nanoClock.getAsLong() - began;
    lastFoldingNanos = foldingNanos;
    if (reader != null && posted > owned.inbox()) {
      reader.through(posted - owned.inbox());
      posted = owned.inbox();
    }
    if (pulse.position() != owned.position()
        || pulse.definition().isEmpty()
        || pulse.isWaiting() != owned.isWaiting()) {
      pulse = new Pulse(owned.position(), Optional.of(owned.definition()), owned.isWaiting());
    }
    owned.ended().ifPresent(this::finish);
    return goesOn;
  }

  private void finish(RunEnd how) {
    try {
      if (reader != null) {
        reader.stop();
      }
      if (core != null) {
        lastFigures = core.figures();
        core.close();
      }
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.WARNING, "A projection did not end cleanly", e);
    } finally {
      ended.complete(how);
      news.run();
    }
  }
}
