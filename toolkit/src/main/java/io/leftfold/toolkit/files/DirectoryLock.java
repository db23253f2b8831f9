// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;

/// Keeps all but one off a directory, in this process and in others. The operating system releases
/// it when the process ends, however it ends.
///
/// Danger: on POSIX systems a process loses its lock on a file when it closes *any* of its handles
/// on that file. So whoever asks for a lock that this process has is turned away before the file is
/// opened; and nobody else may open it.
final class DirectoryLock implements AutoCloseable {

  static final String NAME = "lock";

  /// The lock files of this process, by what the file system knows them by.
  private static final Set<Object> HELD = new HashSet<>();

  private final Object key;
  private final FileChannel channel;
  private boolean isClosed;

  private DirectoryLock(Object key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /// @throws IllegalStateException if somebody else has it
  static DirectoryLock take(Path directory) throws IOException {
    synchronized (HELD) {
      var file = directory.resolve(NAME);
      if (!Files.exists(file)) {
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
      }
      var key = keyOf(file);
      if (HELD.contains(key)) {
        throw taken(directory);
      }
      var channel = locked(file, directory);
      HELD.add(key);
      return new DirectoryLock(key, channel);
    }
  }

  private static FileChannel locked(Path file, Path directory) throws IOException {
    var channel = FileChannel.open(file, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw taken(directory);
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// The same for all names of one file, where the file system can tell.
  private static Object keyOf(Path file) throws IOException {
    var key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    return key == null ? file.toRealPath() : key;
  }

  private static IllegalStateException taken(Path directory) {
    return new IllegalStateException(
        "The files in %s are open already; one process has them at a time".formatted(directory));
  }

  boolean isHeld() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      if (!isClosed) {
        isClosed = true;
        HELD.remove(key);
        channel.close();
      }
    }
  }
}
