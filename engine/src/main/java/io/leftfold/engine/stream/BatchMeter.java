// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.engine.log.LogWriter;
import java.util.function.LongSupplier;

/// Looks at the clock between the parts of a batch. Owned by the writing thread.
///
/// What the log writer counts goes on over all batches; a batch is the difference.
final class BatchMeter {

  private final LongSupplier nanoTime;
  private final LogWriter writer;
  private long begun;
  private long firstPosition;
  private long bytesBefore;
  private long writingBefore;
  private long syncingBefore;
  private long indexing;

  BatchMeter(LongSupplier nanoTime, LogWriter writer) {
    this.nanoTime = nanoTime;
    this.writer = writer;
    writer.measureBy(nanoTime);
  }

  /// A batch begins.
  void begin() {
    begun = nanoTime.getAsLong();
    firstPosition = writer.nextPosition();
    bytesBefore = writer.bytesWritten();
    writingBefore = writer.writingNanos();
    syncingBefore = writer.syncingNanos();
    indexing = 0;
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /// Events were added to the index, which began at a time.
  void indexedSince(long start) {
    indexing += nanoTime.getAsLong() - start;
  }

  /// The batch is durable.
  BatchTimes end(int answers) {
    var writing = writer.writingNanos() - writingBefore;
    var syncing = writer.syncingNanos() - syncingBefore;
    var rest = nanoTime.getAsLong() - begun - writing - syncing - indexing;
    return new BatchTimes(
        answers,
        writer.nextPosition() - firstPosition,
        writer.bytesWritten() - bytesBefore,
        begun,
        Math.max(0, rest),
        writing,
        syncing,
        indexing);
  }
}
