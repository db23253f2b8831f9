// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps two stores off one directory, in this process and in others. The operating system releases
/// it when the process ends, however it ends.
///
/// Danger: on POSIX systems a process loses its lock on a file when it closes *any* of its handles
/// on that file. So whoever asks for a lock that this process has is turned away before the file is
/// opened, and nobody else may open it.
public final class DirectoryLock implements AutoCloseable {

  private static final String NAME = "leftfold.lock";

  /// The lock files of this process, by what the file system knows them by.
  private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

  private final FileChannel channel;
  private final Object key;

  private DirectoryLock(FileChannel channel, Object key) {
    this.channel = channel;
    this.key = key;
  }

  /// Takes the lock.
  ///
  /// @param directory which must exist
  /// @throws TakenException if somebody else has it
  public static synchronized DirectoryLock take(Path directory) throws IOException, TakenException {
    var file = directory.resolve(NAME);
    var key = keyOf(file);
    if (!HELD.add(key)) {
      throw new TakenException(thisProcess());
    }
    try {
      return take(file, key);
    } catch (IOException | RuntimeException | TakenException e) {
      HELD.remove(key);
      throw e;
    }
  }

  private static DirectoryLock take(Path file, Object key) throws IOException, TakenException {
    var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock(channel);
      channel.truncate(0);
      channel.write(ByteBuffer.wrap((thisProcess() + "\n").getBytes(StandardCharsets.UTF_8)));
      return new DirectoryLock(channel, key);
    } catch (IOException | RuntimeException | TakenException e) {
      channel.close();
      throw e;
    }
  }

  private static void lock(FileChannel channel) throws IOException, TakenException {
    try {
      // One byte far behind the text, so that others may read who has it (Windows locks are
      // strict).
      if (channel.tryLock(1L << 40, 1, false) == null) {
        throw new TakenException(owner(channel));
      }
    } catch (OverlappingFileLockException held) {
      throw new TakenException(thisProcess());
    }
  }

  /// The same for all names of one file, where the file system can tell.
  private static Object keyOf(Path file) throws IOException {
    if (!Files.exists(file)) {
      FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
    }
    var key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    return key == null ? file.toRealPath() : key;
  }

  private static String thisProcess() {
    return "process " + ProcessHandle.current().pid();
  }

  private static String owner(FileChannel channel) throws IOException {
    var bytes = ByteBuffer.allocate(100);
    channel.read(bytes, 0);
    var text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    return text.isEmpty() ? "another process" : text;
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(key);
    }
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
