// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.benchmarks.measure.Contestant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Group commit and nothing else: callers hand bytes to a thread that writes what waits, syncs, and
/// wakes them. No streams, revisions, checksums, index or idempotence, so the difference to the
/// store is what those cost; the difference to the disk alone is what handing over costs.
final class BareGroupCommit implements Contestant, AutoCloseable {

  private static final int FILE_BYTES = 64 << 20;
  private static final int SPINS = 32;

  private final int callers;
  private final byte[] record;
  private final FileChannel channel;
  private final AtomicReference<@Nullable Waiter> waiting = new AtomicReference<>();
  private final Thread writer;
  private volatile boolean closed;

  /// Waiters form a stack; the writer takes all of it.
  private static final class Waiter {
    final Thread thread = Thread.currentThread();
    volatile boolean durable;
    @Nullable Waiter next;
  }

  BareGroupCommit(Path file, int callers, int recordBytes) throws IOException {
    this.callers = callers;
    this.record = new byte[recordBytes];
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    var zeros = ByteBuffer.allocateDirect(1 << 20);
    for (var from = 0L; from < FILE_BYTES; from += zeros.capacity()) {
      channel.write(zeros.clear(), from);
    }
    channel.force(true);
    this.writer = Thread.ofPlatform().daemon().name("bare-writer").start(this::write);
  }

  @Override
  public double work(Duration time) throws InterruptedException {
    return Callers.call(callers, time, _ -> this::append);
  }

  private void append() {
    var waiter = new Waiter();
    if (push(waiter)) {
      LockSupport.unpark(writer);
    }
    while (!waiter.durable) {
      LockSupport.park(this);
    }
  }

  /// Adds a waiter.
  ///
  /// @return whether it is the only one
  private boolean push(Waiter waiter) {
    while (true) {
      var first = waiting.get();
      waiter.next = first;
      if (waiting.compareAndSet(first, waiter)) {
        return first == null;
      }
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // it gives way to those it has just woken
  private void write() {
    var buffer = ByteBuffer.allocateDirect(1 << 20);
    var at = 0L;
    var answered = 0;
    var batch = new ArrayList<Waiter>();
    try {
      while (!closed) {
        if (waiting.get() == null) {
          LockSupport.park(this);
          continue;
        }
        for (var spin = 0; spin < SPINS && batch.size() < answered; spin++) {
          collect(batch);
          Thread.yield();
        }
        collect(batch);
        buffer.clear();
        for (var i = 0; i < batch.size() && buffer.remaining() >= record.length; i++) {
          buffer.put(record);
        }
        if (at + buffer.position() > FILE_BYTES) {
          at = 0;
        }
        at += channel.write(buffer.flip(), at);
        channel.force(false);
        for (var waiter : batch) {
          waiter.durable = true;
          LockSupport.unpark(waiter.thread);
        }
        answered = batch.size();
        batch.clear();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void collect(List<Waiter> batch) {
    for (var waiter = waiting.getAndSet(null); waiter != null; waiter = waiter.next) {
      batch.add(waiter);
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    LockSupport.unpark(writer);
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    channel.close();
  }
}
