// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.LeftfoldException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.LongPredicate;

/// Reads parked events that are to be replayed, on a thread of its own, never more than it was
/// asked for.
final class ReplayRead implements Runnable {

  private static final System.Logger LOGGER = System.getLogger(ReplayRead.class.getName());
  private static final int BATCH_MAX = 256;

  private final GroupStreams streams;
  private final boolean resolveLinks;
  private final long from;
  private final long end;
  private final LongPredicate wanted;
  private final Taker taker;
  private final Semaphore asked = new Semaphore(0);
  private volatile boolean stopped;

  /// Who takes what was read, on the reading thread.
  interface Taker {
    void read(List<ParkedEvent> batch);

    /// That was all, or all that could be read.
    void ended();
  }

  /// @param end the first place that is left alone
  /// @param wanted which of those before it
  ReplayRead(
      GroupStreams streams,
      boolean resolveLinks,
      long from,
      long end,
      LongPredicate wanted,
      Taker taker) {
    this.streams = streams;
    this.resolveLinks = resolveLinks;
    this.from = from;
    this.end = end;
    this.wanted = wanted;
    this.taker = taker;
  }

  void ask(int events) {
    asked.release(events);
  }

  void stop() {
    stopped = true;
    asked.release();
  }

  @Override
  public void run() {
    try (var parked = streams.readParked(from, resolveLinks)) {
      var held = 0;
      var next = parked.next();
      while (!stopped && next.isPresent() && next.get().parkedAt() < end) {
        var batch = new ArrayList<ParkedEvent>();
        while (next.isPresent() && next.get().parkedAt() < end && batch.size() < BATCH_MAX) {
          if (wanted.test(next.get().parkedAt())) {
            if (held == 0) {
              if (!batch.isEmpty()) {
                break;
              }
              asked.acquireUninterruptibly();
              held = 1 + asked.drainPermits();
            }
            held--;
            batch.add(next.get());
          }
          next = parked.next();
        }
        taker.read(batch);
      }
    } catch (LeftfoldException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "Parked events cannot be read on; those not replayed stay parked: {0}",
          e.getMessage());
    } finally {
      taker.ended();
    }
  }
}
