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

/// What the disk allows: a loop of writing so many bytes and syncing them, in a file whose blocks
/// have been written with zeros before. The fastest way to make bytes durable on ordinary disks;
/// nothing is encoded, handed over or answered.
final class RawWriter implements Contestant, AutoCloseable {

  private static final int FILE_BYTES = 64 << 20;

  private final FileChannel channel;
  private final ByteBuffer bytes;
  private long at;

  RawWriter(Path file, int bytesEachTime) throws IOException {
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    var zeros = ByteBuffer.allocateDirect(1 << 20);
    for (var from = 0L; from < FILE_BYTES; from += zeros.capacity()) {
      writeFully(zeros.clear(), from);
    }
    channel.force(true);
    this.bytes = ByteBuffer.allocateDirect(bytesEachTime);
    var random = new SplittableRandom(2);
    while (bytes.hasRemaining()) {
      bytes.put((byte) random.nextInt());
    }
  }

  /// Syncs per second.
  @Override
  public double work(Duration time) throws IOException {
    var begin = System.nanoTime();
    var end = begin + time.toNanos();
    var count = 0;
    var now = begin;
    while (now < end) {
      if (at + bytes.capacity() > FILE_BYTES) {
        at = 0;
      }
      writeFully(bytes.clear(), at);
      channel.force(false);
      at += bytes.capacity();
      count++;
      now = System.nanoTime();
    }
    return count * 1e9 / (now - begin);
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
