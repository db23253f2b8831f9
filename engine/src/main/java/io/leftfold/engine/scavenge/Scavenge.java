// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.scavenge;

import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.log.ChunkRewrite;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.scavenge.ScavengeState.Outcome;
import io.leftfold.engine.stream.Retention;
import io.leftfold.engine.stream.StreamReader;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One scavenge, from its point to its end: goes through the sealed chunks from the first on, and
/// writes those again that are worth it; then through the index, to forget there what nothing is
/// left of. Runs on a thread of its own.
///
/// **Point.** An event is appended to `$scavengePoints`. What may be forgotten is judged as of that
/// event: by what streams and their metadata were then, and by its time. What is appended while the
/// scavenge runs changes nothing.
///
/// **Crash and stop.** Each chunk is switched in one step, so the log is sound at every moment.
/// `$scavenges` tells how far a scavenge came; the next one begins there, with a point of its own.
public final class Scavenge implements Runnable {

  private static final System.Logger LOGGER = System.getLogger(Scavenge.class.getName());
  private static final int SLICES_A_SECOND = 10;

  private final UUID id;
  private final Log log;
  private final Index index;
  private final Clock clock;
  private final ScavengeTerms terms;
  private final ScavengeJournal journal;
  private final CountDownLatch ended = new CountDownLatch(1);

  private volatile ScavengeState state = ScavengeState.BEGUN;
  private volatile boolean stopping;
  private volatile @Nullable Thread thread;

  private long sliceBytes;
  private Instant sliceBegan = Instant.EPOCH;

  /// Appends an event and returns its position.
  @FunctionalInterface
  public interface Recorder {
    /// Returns when it is durable.
    long append(StreamName stream, ProposedEvent event);
  }

  /// Not running yet.
  public Scavenge(
      Log log,
      Index index,
      StreamReader reader,
      Recorder recorder,
      Supplier<UUID> ids,
      Clock clock,
      ScavengeTerms terms) {
    this.id = ids.get();
    this.log = log;
    this.index = index;
    this.clock = clock;
    this.terms = terms;
    this.journal = new ScavengeJournal(recorder, reader, ids);
  }

  /// The id that its history has.
  public UUID id() {
    return id;
  }

  /// Where it is.
  public ScavengeState state() {
    return state;
  }

  /// Ends it as soon as possible; returns at once.
  public void stop() {
    stopping = true;
    LockSupport.unpark(thread);
  }

  /// Waits until it has ended.
  public void await() throws InterruptedException {
    ended.await();
  }

  /// Waits for a while; returns whether it has ended.
  public boolean await(Duration atMost) throws InterruptedException {
    return ended.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    var began = clock.instant();
    try {
      if (terms.dryRun()) {
        look();
      } else {
        scavenge();
      }
      end(Outcome.SUCCESS, "", began);
    } catch (CancellationException stopped) {
      end(Outcome.STOPPED, "", began);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      LOGGER.log(System.Logger.Level.ERROR, "A scavenge ended before it was through", e);
      end(Outcome.ERRORED, String.valueOf(e.getMessage()), began);
    } finally {
      ended.countDown();
    }
  }

  private void look() throws IOException {
    var end = log.end();
    goThrough(Math.max(0, terms.firstChunk()), end, new Retention(log, index, end, nowMicros()));
  }

  private void scavenge() throws IOException {
    var first = terms.firstChunk() < 0 ? journal.unfinishedAt() : terms.firstChunk();
    var point = journal.point(terms.thresholdPercent());
    // The clock may have gone back behind the time of the log: readers look at the clock.
    var time = Math.min(log.cursor().moveTo(point).timeMicros(), nowMicros());
    journal.started(id, point, first, terms.thresholdPercent());
    goThrough(first, point, new Retention(log, index, point, time));
    index.forget(this::passed, forgotten -> journal.indexCompleted(id, forgotten));
  }

  private void goThrough(int first, long point, Retention retention) throws IOException {
    var chunks = log.sealedChunks(point);
    state = state.begunWith(chunks, Math.min(first, chunks));
    for (var chunk = first; chunk < chunks; chunk++) {
      var rewrite = ChunkRewrite.judge(log, chunk, point, retention::of, this::passed);
      if (isWorthIt(rewrite)) {
        if (!terms.dryRun()) {
          rewrite.carryOut(this::passed);
          journal.chunkCompleted(id, chunk, rewrite.events(), rewrite.bytesFreed());
        }
        state = state.rewritten(rewrite.events(), rewrite.bytesFreed());
      }
      state = state.chunkDone();
    }
  }

  private boolean isWorthIt(ChunkRewrite rewrite) {
    return rewrite.events() > 0
        && (terms.thresholdPercent() == 0
            || rewrite.bytesFreed() * 100 >= terms.thresholdPercent() * rewrite.bytesBefore());
  }

  /// Waits where it went faster than it may, and ends where it should.
  private void passed(long bytes) {
    if (stopping) {
      throw new CancellationException("stopped");
    }
    var max = terms.bytesPerSecondMax();
    if (max > 0) {
      sliceBytes += bytes;
      if (sliceBytes >= Math.max(1, max / SLICES_A_SECOND)) {
        var due = Duration.ofNanos(sliceBytes * 1_000_000_000L / max);
        var left = due.minus(Duration.between(sliceBegan, clock.instant()));
        if (left.isPositive() && left.compareTo(due) <= 0) {
          LockSupport.parkNanos(this, left.toNanos());
        }
        sliceBytes = 0;
        sliceBegan = clock.instant();
      }
    }
  }

  private void end(Outcome outcome, String reason, Instant began) {
    var last = state.ended(outcome, reason);
    if (!terms.dryRun()) {
      try {
        journal.completed(id, last, Duration.between(began, clock.instant()).toSeconds());
      } catch (LeftfoldException e) {
        LOGGER.log(System.Logger.Level.WARNING, "The end of a scavenge was not recorded", e);
      }
    }
    state = last;
  }

  private long nowMicros() {
    var now = clock.instant();
    return now.getEpochSecond() * 1_000_000L + now.getNano() / 1000;
  }
}
