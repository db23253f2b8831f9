// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.projections.reading.Batch;
import io.leftfold.projections.reading.Cursor;
import java.util.concurrent.Semaphore;

/// Reads ahead of a run, on a thread of its own, as many batches as there is room for.
final class SourceReader implements Runnable {

  static final int BATCH_EVENTS = 256;
  static final long BATCH_BYTES = 1 << 20;

  private final Cursor cursor;
  private final Taker taker;
  private final Semaphore room;
  private volatile boolean stopped;

  /// Who is told what was read.
  interface Taker {
    void read(Batch batch);

    /// Reading has ended, though nobody stopped it.
    void failed(RuntimeException reason);
  }

  /// @param events how many may be read ahead
  SourceReader(Cursor cursor, int events, Taker taker) {
    this.cursor = cursor;
    this.taker = taker;
    room = new Semaphore(Math.max(2, events / BATCH_EVENTS));
  }

  /// So many batches are through.
  void through(int batches) {
    room.release(batches);
  }

  /// Reads to where the store ends now, even if nothing that was asked for has come.
  void look() {
    cursor.look();
  }

  void stop() {
    stopped = true;
    cursor.wake();
    room.release();
  }

  @Override
  public void run() {
    try (cursor) {
      read();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      if (!stopped) {
        taker.failed(e);
      }
    } catch (Error e) {
      taker.failed(new IllegalStateException(e));
      throw e;
    }
  }

  private void read() throws InterruptedException {
    var isNews = true;
    while (!stopped) {
      var before = cursor.through();
      var batch = cursor.next(BATCH_EVENTS, BATCH_BYTES);
      if (isNews || !batch.events().isEmpty() || batch.through() > before) {
        room.acquire();
        taker.read(batch);
        isNews = !batch.atEnd();
      } else {
        cursor.await();
      }
    }
  }
}
