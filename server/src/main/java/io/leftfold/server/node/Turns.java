// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.UnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Lets writes go to the writer, a limited number at a time, and of many connections in turn.
///
/// The writer takes all that waits in its queue, in its order: whoever hands in thousands at once
/// is before everybody else. So no more are handed in than make a large batch; what is beyond waits
/// here, in a line for each connection, and when half of what the writer had is answered, the lines
/// give one each, round and round. While there is room, a write passes by without a lock.
///
/// What waits is held by its calls, and counts as theirs.
public final class Turns {

  /// Enough for batches in which the sync is a small part; so few that one turn is short.
  private static final int WITH_WRITER_MAX = 1024;

  private static final int WAITING_MAX = 65_536;
  private static final long PART_OF_HEAP_WITH_WRITER = 32;
  private static final long PART_OF_HEAP_WAITING = 4;

  private final int withWriterMax;
  private final long withWriterBytesMax;
  private final int waitingMax;
  private final long waitingBytesMax;

  private final AtomicInteger withWriter = new AtomicInteger();
  private final AtomicLong withWriterBytes = new AtomicLong();

  /// Changed under the lock.
  private final AtomicInteger waiting = new AtomicInteger();

  private final Map<Object, Line> lines = new HashMap<>();
  private final ArrayDeque<Line> round = new ArrayDeque<>();
  private long waitingBytes;

  private record Write(Executor executor, long bytes, Runnable begin) {}

  private record Line(Object connection, ArrayDeque<Write> writes) {}

  /// With other bounds.
  ///
  /// @param withWriterMax how many writes the writer may have
  /// @param withWriterBytesMax how many bytes; a single write may have more
  /// @param waitingMax how many may wait beside
  /// @param waitingBytesMax how many bytes
  Turns(int withWriterMax, long withWriterBytesMax, int waitingMax, long waitingBytesMax) {
    this.withWriterMax = withWriterMax;
    this.withWriterBytesMax = withWriterBytesMax;
    this.waitingMax = waitingMax;
    this.waitingBytesMax = waitingBytesMax;
  }

  /// What a heap can bear.
  ///
  /// @param heapBytesMax the largest heap
  static Turns of(long heapBytesMax) {
    return new Turns(
        WITH_WRITER_MAX,
        heapBytesMax / PART_OF_HEAP_WITH_WRITER,
        WAITING_MAX,
        heapBytesMax / PART_OF_HEAP_WAITING);
  }

  /// Where a write comes from.
  ///
  /// @param connection the same for all of one connection
  /// @param executor where a write begins that had to wait; it must not refuse
  public record Origin(Object connection, Executor executor) {}

  /// Begins a write, now on this thread or later on the executor of its origin. When it is answered
  /// [#answered] is to be called, also if it cannot be begun.
  ///
  /// @param bytes what it takes
  /// @throws UnavailableException if too many wait already
  void begin(Origin origin, long bytes, Runnable begin) {
    if (waiting.get() == 0 && take(bytes, withWriterMax, withWriterBytesMax)) {
      begin.run();
    } else {
      await(origin, new Write(origin.executor, bytes, begin));
      if (isHalfEmpty()) {
        goOn(); // those who were answered since may have seen nobody waiting
      }
    }
  }

  private boolean take(long bytes, int max, long bytesMax) {
    if (withWriter.incrementAndGet() <= max && withWriterBytes.get() < bytesMax) {
      withWriterBytes.addAndGet(bytes);
      return true;
    }
    withWriter.decrementAndGet();
    return false;
  }

  private synchronized void await(Origin origin, Write write) {
    if (waiting.get() >= waitingMax || waitingBytes + write.bytes > waitingBytesMax) {
      throw new UnavailableException(
          UnavailableException.Reason.TOO_BUSY,
          "%d appends with %d bytes wait to be written already; try again in a moment"
              .formatted(waiting.get(), waitingBytes));
    }
    var line = lines.get(origin.connection);
    if (line == null) {
      line = new Line(origin.connection, new ArrayDeque<>());
      lines.put(origin.connection, line);
      round.add(line);
    }
    line.writes.add(write);
    waitingBytes += write.bytes;
    waiting.incrementAndGet();
  }

  /// A write that was begun has been answered.
  ///
  /// @param bytes as at its beginning
  void answered(long bytes) {
    withWriterBytes.addAndGet(-bytes);
    withWriter.decrementAndGet();
    if (waiting.get() > 0 && isHalfEmpty()) {
      goOn();
    }
  }

  private boolean isHalfEmpty() {
    return withWriter.get() <= withWriterMax / 2 && withWriterBytes.get() <= withWriterBytesMax / 2;
  }

  private void goOn() {
    for (var write : next()) {
      write.executor.execute(write.begin);
    }
  }

  private synchronized List<Write> next() {
    var writes = new ArrayList<Write>();
    for (var line = round.peek();
        line != null && take(line.writes.element().bytes, withWriterMax, withWriterBytesMax);
        line = round.peek()) {
      round.remove();
      var write = line.writes.remove();
      waitingBytes -= write.bytes;
      waiting.decrementAndGet();
      writes.add(write);
      if (line.writes.isEmpty()) {
        lines.remove(line.connection);
      } else {
        round.add(line);
      }
    }
    return writes;
  }

  /// How many writes the writer has.
  int withWriter() {
    return withWriter.get();
  }

  /// How many bytes of writes the writer has.
  long withWriterBytes() {
    return withWriterBytes.get();
  }

  /// How many writes wait for their turn.
  int waiting() {
    return waiting.get();
  }
}
