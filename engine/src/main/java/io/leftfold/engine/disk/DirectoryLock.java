// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Keeps two stores off one directory, in this process and in others. The operating system releases
/// it when the process ends, however it ends.
public final class DirectoryLock implements AutoCloseable {

  private static final String NAME = "leftfold.lock";

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Takes the lock.
  ///
  /// @param directory which must exist
  /// @throws TakenException if somebody else has it
  public static DirectoryLock take(Path directory) throws IOException, TakenException {
    var channel =
        FileChannel.open(
            directory.resolve(NAME),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      if (tryLock(channel) == null) {
        throw new TakenException(owner(channel));
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              ("process " + ProcessHandle.current().pid() + "\n")
                  .getBytes(StandardCharsets.UTF_8)));
      return new DirectoryLock(channel);
    } catch (IOException | TakenException e) {
      channel.close();
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      // One byte far behind the text, so that others may read who has it (Windows locks are
      // strict).
      return channel.tryLock(1L << 40, 1, false);
    } catch (OverlappingFileLockException held) {
      return null;
    }
  }

  private static String owner(FileChannel channel) throws IOException {
    var bytes = ByteBuffer.allocate(100);
    channel.read(bytes, 0);
    var text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    return text.isEmpty() ? "another process" : text;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /// Somebody else has the lock.
  public static final class TakenException extends Exception {
    private static final long serialVersionUID = 1;
    private final String owner;

    TakenException(String owner) {
      super("held by " + owner);
      this.owner = owner;
    }

    /// Who has it, such as `process 4711`.
    public String owner() {
      return owner;
    }
  }
}
