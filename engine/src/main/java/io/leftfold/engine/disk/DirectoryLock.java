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
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Keeps two stores off one directory, in this process and in others, and lets any number of
/// readers share it while nobody writes. The operating system releases it when the process ends,
/// however it ends.
///
/// Danger: on POSIX systems a process loses its lock on a file when it closes *any* of its handles
/// on that file. So whoever asks for a lock that this process has is turned away, or given a share
/// of it, before the file is opened; and nobody else may open it.
public final class DirectoryLock implements AutoCloseable {

  private static final String NAME = "leftfold.lock";
  private static final String PROCESS = "process ";

  /// The lock files of this process, by what the file system knows them by.
  private static final Map<Object, Held> HELD = new HashMap<>();

  private final Object key;
  private boolean closed;

  private DirectoryLock(Object key) {
    this.key = key;
  }

  /// A lock that this process has.
  private static final class Held {
    final FileChannel channel;
    final boolean shared;
    int owners = 1;

    Held(FileChannel channel, boolean shared) {
      this.channel = channel;
      this.shared = shared;
    }
  }

  /// Takes the lock for one who writes.
  ///
  /// @param directory which must exist
  /// @throws TakenException if somebody else has it
  public static DirectoryLock take(Path directory) throws IOException, TakenException {
    synchronized (HELD) {
      var file = directory.resolve(NAME);
      if (!Files.exists(file)) {
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
      }
      var key = keyOf(file);
      if (HELD.containsKey(key)) {
        throw new TakenException(thisProcess());
      }
      var channel = locked(file, false);
      HELD.put(key, new Held(channel, false));
      return new DirectoryLock(key);
    }
  }

  /// Takes a share of the lock, for one who only reads: nobody writes meanwhile. Changes nothing on
  /// the disk, so a directory without a lock file (a copy, say) is not locked.
  ///
  /// @throws TakenException if somebody writes
  public static Optional<DirectoryLock> share(Path directory) throws IOException, TakenException {
    synchronized (HELD) {
      var file = directory.resolve(NAME);
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      var key = keyOf(file);
      var held = HELD.get(key);
      if (held == null) {
        HELD.put(key, new Held(locked(file, true), true));
      } else if (held.shared) {
        held.owners++;
      } else {
        throw new TakenException(thisProcess());
      }
      return Optional.of(new DirectoryLock(key));
    }
  }

  private static FileChannel locked(Path file, boolean shared) throws IOException, TakenException {
    var channel =
        shared
            ? FileChannel.open(file, StandardOpenOption.READ)
            : FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock(channel, shared);
      if (!shared) {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((thisProcess() + "\n").getBytes(StandardCharsets.UTF_8)));
      }
      return channel;
    } catch (IOException | RuntimeException | TakenException e) {
      channel.close();
      throw e;
    }
  }

  private static void lock(FileChannel channel, boolean shared) throws IOException, TakenException {
    try {
      // One byte far behind the text, so that others may read who has it (Windows locks are
      // strict).
      if (channel.tryLock(1L << 40, 1, shared) == null) {
        throw new TakenException(owner(channel));
      }
    } catch (OverlappingFileLockException held) {
      throw new TakenException(thisProcess());
    }
  }

  /// The same for all names of one file, where the file system can tell.
  private static Object keyOf(Path file) throws IOException {
    var key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    return key == null ? file.toRealPath() : key;
  }

  private static String thisProcess() {
    return PROCESS + ProcessHandle.current().pid();
  }

  /// Who has it, if the text can be believed: who reads does not write it, and who is killed does
  /// not remove it.
  private static String owner(FileChannel channel) throws IOException {
    var bytes = ByteBuffer.allocate(100);
    channel.read(bytes, 0);
    var text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    var number = text.startsWith(PROCESS) ? text.substring(PROCESS.length()) : "";
    return number.matches("[0-9]{1,18}") && ProcessHandle.of(Long.parseLong(number)).isPresent()
        ? text
        : "another process";
  }

  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      if (closed) {
        return;
      }
      closed = true;
      var held = Objects.requireNonNull(HELD.get(key));
      if (--held.owners > 0) {
        return;
      }
      HELD.remove(key);
      // Danger: an interrupt would close the file before the text is out of it.
      var interrupted = Thread.interrupted();
      try (var channel = held.channel) {
        if (!held.shared) {
          channel.truncate(0);
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
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
