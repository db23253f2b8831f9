// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.keys;

import static io.leftfold.toolkit.files.DurableDirectory.exists;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.WRITE;

import io.leftfold.toolkit.files.DurableDirectory;
import io.leftfold.toolkit.files.DurableDirectory.Readers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
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

  private final DurableDirectory directory;
  private final Runnable afterStep;

  /// Set when it is not known what is on the disk.
  private volatile boolean isDoubtful;

  /// Set when a mark may be there that will not be after a crash.
  private boolean isMarkDoubtful;

  private KeyFiles(DurableDirectory directory, Runnable afterStep) {
    this.directory = directory;
    this.afterStep = afterStep;
  }

  /// An empty directory of keys, durably.
  ///
  /// @throws FileAlreadyExistsException if it is one already
  static void create(Path path) throws IOException {
    var lock = path.resolve(DurableDirectory.LOCK);
    if (exists(lock)) {
      throw new FileAlreadyExistsException(lock.toString());
    }
    try (var directory = DurableDirectory.open(path, Readers.OWNER, () -> {})) {
      directory.sync();
    }
  }

  /// @throws NoSuchFileException if this is no directory of keys
  static KeyFiles open(Path path, Runnable afterStep) throws IOException {
    var lock = path.resolve(DurableDirectory.LOCK);
    if (!exists(lock)) {
      throw new NoSuchFileException(lock.toString());
    }
    var directory = DurableDirectory.open(path, Readers.OWNER, afterStep);
    try {
      var files = new KeyFiles(directory, afterStep);
      files.finish();
      return files;
    } catch (Throwable e) {
      directory.close();
      throw e;
    }
  }

  /// Goes on where somebody died.
  private void finish() throws IOException {
    // Whoever died may have left a mark that would not outlast the machine, but the key would go.
    directory.sync();
    directory.removeHalves();
    try (var marks = Files.newDirectoryStream(directory.path(), "*" + ERASED)) {
      for (var mark : marks) {
        destroy(mark.resolveSibling(nameOf(mark) + KEY));
      }
    }
    directory.sync();
  }

  private static String nameOf(Path mark) {
    var name = mark.getFileName().toString();
    return name.substring(0, name.length() - ERASED.length());
  }

  void requireOpen() {
    if (!directory.isOpen()) {
      throw new IllegalStateException("The keys in %s are closed".formatted(directory.path()));
    }
  }

  @Override
  public void close() {
    try {
      directory.close();
    } catch (IOException e) {
      throw failed("closed", e);
    }
  }

  private UncheckedIOException failed(String what, IOException cause) {
    return new UncheckedIOException(
        "The keys in %s could not be %s".formatted(directory.path(), what), cause);
  }

  private Path file(Subject subject, String kind) {
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(subject.value().getBytes(UTF_8));
      return directory.path().resolve(HexFormat.of().formatHex(hash) + kind);
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
              .formatted(directory.path()));
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
      // Never in the place of another key: what that has sealed would be lost.
      directory.add(file(subject, KEY), file.array());
    } catch (FileAlreadyExistsException _) {
      throw new IllegalStateException(
          "A key of %s was to be put into %s, but there is one already; who else writes there?"
              .formatted(subject, directory.path()));
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
      directory.put(file(subject, ERASED), new byte[0]);
      destroy(file(subject, KEY));
      directory.sync();
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
    directory.write(key, new byte[FILE_BYTES], WRITE);
    afterStep.run();
    Files.delete(key);
    afterStep.run();
  }
}
