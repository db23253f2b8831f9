// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.CRC32C;

/// Keys as files. Their names are the SHA-256 of the subject's, in hexadecimal digits, for that can
/// be any text.
///
/// ```
/// <name>.key      | "LFKEY" 5 | format 1, a byte | key 32 | CRC-32C of all before, big-endian 4 |
/// <name>.erased   | nothing: the subject is erased, whatever else there is
/// <name>.new      | half of one of these
/// lock            | held by who has the directory open
/// ```
final class KeyFiles implements KeyStorage, AutoCloseable {

  private static final byte[] MAGIC = {'L', 'F', 'K', 'E', 'Y', 1};
  private static final int CRC_AT = MAGIC.length + Aes.KEY_BYTES;
  private static final int FILE_BYTES = CRC_AT + Integer.BYTES;
  private static final String KEY = ".key";
  private static final String ERASED = ".erased";
  private static final String NEW = ".new";

  private final Path directory;
  private final boolean isPosix;
  private final FileChannel lock;
  private final Runnable afterStep;

  /// Set when it is not known what is on the disk.
  private volatile boolean isDoubtful;

  /// Set when a mark may be there that will not be after a crash.
  private boolean isMarkDoubtful;

  private KeyFiles(Path directory, boolean isPosix, FileChannel lock, Runnable afterStep) {
    this.directory = directory;
    this.isPosix = isPosix;
    this.lock = lock;
    this.afterStep = afterStep;
  }

  static KeyFiles open(Path directory, Runnable afterStep) throws IOException {
    var isPosix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    create(directory, isPosix);
    var lock = FileChannel.open(directory.resolve("lock"), Set.of(CREATE, WRITE));
    try {
      if (lock.tryLock() == null) {
        throw taken(directory);
      }
      var files = new KeyFiles(directory, isPosix, lock, afterStep);
      files.finish();
      return files;
    } catch (OverlappingFileLockException _) {
      lock.close();
      throw taken(directory);
    } catch (Throwable e) {
      lock.close();
      throw e;
    }
  }

  /// Durably, as far as it was not there.
  private static void create(Path directory, boolean isPosix) throws IOException {
    var missing = new ArrayList<Path>();
    for (var path = directory.toAbsolutePath();
        path != null && !exists(path);
        path = path.getParent()) {
      missing.add(path);
    }
    Files.createDirectories(directory, owners(isPosix, "rwx------"));
    for (var path : missing) {
      var parent = path.getParent();
      if (parent != null) {
        sync(parent, isPosix);
      }
    }
  }

  private static IllegalStateException taken(Path directory) {
    return new IllegalStateException(
        "The keys in %s are open already; one process has them at a time".formatted(directory));
  }

  private static FileAttribute<?>[] owners(boolean isPosix, String permissions) {
    return isPosix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /// Goes on where somebody died.
  private void finish() throws IOException {
    try (var halves = Files.newDirectoryStream(directory, "*" + NEW)) {
      for (var half : halves) {
        Files.delete(half);
      }
    }
    try (var marks = Files.newDirectoryStream(directory, "*" + ERASED)) {
      for (var mark : marks) {
        destroy(mark.resolveSibling(nameOf(mark) + KEY));
      }
    }
    syncDirectory();
  }

  private static String nameOf(Path mark) {
    var name = mark.getFileName().toString();
    return name.substring(0, name.length() - ERASED.length());
  }

  void requireOpen() {
    if (!lock.isOpen()) {
      throw new IllegalStateException("The keys in %s are closed".formatted(directory));
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw failed("closed", e);
    }
  }

  private UncheckedIOException failed(String what, IOException cause) {
    return new UncheckedIOException(
        "The keys in %s could not be %s".formatted(directory, what), cause);
  }

  private Path file(Subject subject, String kind) {
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(subject.value().getBytes(UTF_8));
      return directory.resolve(HexFormat.of().formatHex(hash) + kind);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256, this one has not", e);
    }
  }

  // ---- looking

  @Override
  public Found find(Subject subject) {
    requireCertain();
    try {
      return exists(file(subject, ERASED)) ? new Found.Erased() : read(file(subject, KEY));
    } catch (IOException e) {
      throw failed("read", e);
    }
  }

  private void requireCertain() {
    if (isDoubtful) {
      throw new IllegalStateException(
          "What is in %s is not known since writing to it failed; open it again"
              .formatted(directory));
    }
  }

  /// A disk that does not answer is not taken for one that says no.
  private static boolean exists(Path file) throws IOException {
    try {
      Files.readAttributes(file, BasicFileAttributes.class);
      return true;
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  private static Found read(Path file) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException _) {
      return new Found.Nothing();
    }
    if (bytes.length != FILE_BYTES
        || !Arrays.equals(MAGIC, Arrays.copyOf(bytes, MAGIC.length))
        || ByteBuffer.wrap(bytes).getInt(CRC_AT) != crc(bytes)) {
      throw new BrokenSealException(
          "The key in %s is damaged: a key file has %d bytes, begins with LFKEY 1 and ends with its checksum, this one has %d bytes; restore it from a backup"
              .formatted(file, FILE_BYTES, bytes.length));
    }
    return new Found.Key(Arrays.copyOfRange(bytes, MAGIC.length, CRC_AT));
  }

  private static int crc(byte[] file) {
    var crc = new CRC32C();
    crc.update(file, 0, CRC_AT);
    return (int) crc.getValue();
  }

  // ---- changing

  @Override
  public void keep(Subject subject, byte[] key) {
    var file = ByteBuffer.allocate(FILE_BYTES).put(MAGIC).put(key);
    file.putInt(crc(file.array()));
    try {
      put(file(subject, KEY), file.array());
    } catch (IOException e) {
      withdraw(file(subject, KEY), e);
      throw failed("added to", e);
    }
  }

  /// Nothing is sealed with a key that may not be there after a crash.
  private void withdraw(Path key, IOException because) {
    try {
      Files.deleteIfExists(key);
    } catch (IOException e) {
      isDoubtful = true;
      because.addSuppressed(e);
    }
  }

  @Override
  public void erase(Subject subject) {
    requireCertain();
    try {
      if (!isMarkDoubtful && exists(file(subject, ERASED)) && !exists(file(subject, KEY))) {
        return;
      }
      // The mark first: who dies behind it has erased, and nobody makes another key.
      put(file(subject, ERASED), new byte[0]);
      destroy(file(subject, KEY));
      syncDirectory();
      afterStep.run();
    } catch (IOException e) {
      isMarkDoubtful = true;
      throw failed("erased", e);
    }
  }

  private void destroy(Path key) throws IOException {
    if (!exists(key)) {
      return;
    }
    write(key, new byte[FILE_BYTES], Set.of(WRITE));
    afterStep.run();
    Files.delete(key);
    afterStep.run();
  }

  /// Whole or not at all, and durable.
  private void put(Path file, byte[] bytes) throws IOException {
    var half = directory.resolve(file.getFileName() + NEW);
    write(half, bytes, Set.of(CREATE, WRITE, TRUNCATE_EXISTING));
    afterStep.run();
    Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    afterStep.run();
    syncDirectory();
    afterStep.run();
  }

  private void write(Path file, byte[] bytes, Set<StandardOpenOption> how) throws IOException {
    try (var channel = FileChannel.open(file, how, owners(isPosix, "rw-------"))) {
      var rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  /// So that new names are there after a crash, and removed ones are not.
  private void syncDirectory() throws IOException {
    sync(directory, isPosix);
  }

  private static void sync(Path directory, boolean isPosix) throws IOException {
    if (isPosix) { // others neither need it nor can do it
      try (var channel = FileChannel.open(directory, READ)) {
        channel.force(true);
      }
    }
  }
}
