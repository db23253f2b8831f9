// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.benchmarks.measure.Contestant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.SplittableRandom;

/// What the disk allows: a loop of writing so many bytes and syncing them. Nothing is encoded,
/// handed over or answered.
final class RawWriter implements Contestant, AutoCloseable {

  private static final int REWRITTEN_BYTES = 64 << 20;
  private static final long NEW_BYTES = 256L << 20;
  private static final long GROW_BYTES = 16L << 20;

  private Path file;
  private final boolean rewriting;
  private final ByteBuffer bytes;
  private FileChannel channel;
  private long at;

  private RawWriter(Path file, int bytesEachTime, boolean rewriting) throws IOException {
    this.file = file;
    this.rewriting = rewriting;
    this.channel = open();
    this.bytes = ByteBuffer.allocateDirect(bytesEachTime);
    var random = new SplittableRandom(2);
    while (bytes.hasRemaining()) {
      bytes.put((byte) random.nextInt());
    }
  }

  /// In a file whose blocks have been written with zeros before, over and over: the fastest way to
  /// make few bytes durable.
  static RawWriter inZeros(Path file, int bytesEachTime) throws IOException {
    var writer = new RawWriter(file, bytesEachTime, true);
    var zeros = ByteBuffer.allocateDirect(1 << 20);
    for (var from = 0L; from < REWRITTEN_BYTES; from += zeros.capacity()) {
      writer.writeFully(zeros.clear(), from);
    }
    writer.channel.force(true);
    return writer;
  }

  /// In a file that gets longer, where nothing has been written before, as a log must: at 256 MiB
  /// it begins anew.
  static RawWriter inNewSpace(Path file, int bytesEachTime) throws IOException {
    return new RawWriter(file, bytesEachTime, false);
  }

  private FileChannel open() throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /// Syncs per second.
  @Override
  public double work(Duration time) throws IOException {
    var begin = System.nanoTime();
    var end = begin + time.toNanos();
    var count = 0;
    var now = begin;
    while (now < end) {
      makeRoom();
      writeFully(bytes.clear(), at);
      channel.force(false);
      at += bytes.capacity();
      count++;
      now = System.nanoTime();
    }
    return count * 1e9 / (now - begin);
  }

  private void makeRoom() throws IOException {
    if (at + bytes.capacity() > (rewriting ? REWRITTEN_BYTES : NEW_BYTES)) {
      at = 0;
      if (!rewriting) {
        channel.close();
        file = file.resolveSibling(file.getFileName() + "+");
        channel = open();
      }
    }
    var end = at + bytes.capacity();
    if (!rewriting && (at == 0 || end / GROW_BYTES > at / GROW_BYTES)) {
      // One byte far ahead makes room for many writes: the length need not be synced with each.
      writeFully(ByteBuffer.allocate(1), (end / GROW_BYTES + 1) * GROW_BYTES - 1);
    }
  }

  private void writeFully(ByteBuffer buffer, long offset) throws IOException {
    var to = offset;
    while (buffer.hasRemaining()) {
      to += channel.write(buffer, to);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
