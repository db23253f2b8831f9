// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.files;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A directory that one process has at a time, and files in it that are there after a crash.
///
/// ```
/// lock      | held by who has the directory open
/// .*.new    | half of a file; no file that is put here has such a name
/// ```
public final class DurableDirectory implements AutoCloseable {

  /// The ending of what is half written.
  public static final String NEW = ".new";

  /// The name of the file by which it is known to be open.
  public static final String LOCK = DirectoryLock.NAME;

  /// Who may read it.
  public enum Readers {
    /// Its owner alone.
    OWNER("rwx------", "rw-------"),
    /// Everybody.
    EVERYBODY("rwxr-xr-x", "rw-r--r--");

    private final String ofDirectories;
    private final String ofFiles;

    Readers(String ofDirectories, String ofFiles) {
      this.ofDirectories = ofDirectories;
      this.ofFiles = ofFiles;
    }
  }

  private final Path directory;
  private final Readers readers;
  private final DirectoryLock lock;
  private final Runnable afterStep;

  private DurableDirectory(
      Path directory, Readers readers, DirectoryLock lock, Runnable afterStep) {
    this.directory = directory;
    this.readers = readers;
    this.lock = lock;
    this.afterStep = afterStep;
  }

  /// Opens a directory, which is made if there is none.
  ///
  /// @param directory which
  /// @param readers who may read what is made here
  /// @param afterStep called behind each step of whatever changes files; a test dies there
  /// @return the directory; to be closed
  /// @throws IllegalStateException if another process, or somebody in this one, has it open
  /// @throws IOException if the disk fails
  public static DurableDirectory open(Path directory, Readers readers, Runnable afterStep)
      throws IOException {
    create(directory, readers);
    return new DurableDirectory(directory, readers, DirectoryLock.take(directory), afterStep);
  }

  /// Durably: what was not there, and the directory's own name, for who made it may have died
  /// before that was.
  private static void create(Path directory, Readers readers) throws IOException {
    var missing = new ArrayList<Path>();
    for (var path = directory.toAbsolutePath();
        path != null && !exists(path);
        path = path.getParent()) {
      missing.add(path);
    }
    Files.createDirectories(directory, permissions(directory, readers.ofDirectories));
    for (var path : missing.isEmpty() ? List.of(directory.toAbsolutePath()) : missing) {
      var parent = path.getParent();
      if (parent != null
          && Files.isReadable(parent)) { // one who may only pass through it made nothing there
        sync(parent);
      }
    }
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static FileAttribute<?>[] permissions(Path path, String permissions) {
    return isPosix(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /// Whether a file is there. A disk that does not answer is not taken for one that says no.
  ///
  /// @param file which
  /// @return whether it is
  /// @throws IOException if the disk fails
  public static boolean exists(Path file) throws IOException {
    try {
      Files.readAttributes(file, BasicFileAttributes.class);
      return true;
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  /// Where it is.
  ///
  /// @return the directory
  public Path path() {
    return directory;
  }

  /// Whether it was not closed.
  ///
  /// @return whether it is open
  public boolean isOpen() {
    return lock.isHeld();
  }

  /// Removes what somebody who died has half written, right in the directory.
  ///
  /// @throws IOException if the disk fails
  public void removeHalves() throws IOException {
    try (var halves = Files.newDirectoryStream(directory, ".*" + NEW)) {
      for (var half : halves) {
        Files.delete(half);
      }
    }
  }

  /// Puts a file in its place: whole or not at all, and durable when this returns.
  ///
  /// @param file in the directory, or in one beneath, which is made if there is none
  /// @param bytes what it holds
  /// @throws IOException if the disk fails
  public void put(Path file, byte[] bytes) throws IOException {
    putAll(Map.of(file, bytes));
  }

  /// Adds a file, as [#put] does, but never in the place of another one: by a hard link.
  ///
  /// @param file in the directory
  /// @param bytes what it holds
  /// @throws java.nio.file.FileAlreadyExistsException if there is one; it stays
  /// @throws IOException if the disk fails
  public void add(Path file, byte[] bytes) throws IOException {
    write(halfOf(file), bytes, CREATE, WRITE, TRUNCATE_EXISTING);
    afterStep.run();
    Files.createLink(file, halfOf(file));
    afterStep.run();
    Files.delete(halfOf(file));
    afterStep.run();
    sync(parentOf(file));
    afterStep.run();
  }

  /// Puts files in their places: each whole or not at all, and all durable when this returns.
  ///
  /// @param files in the directory, or in some beneath, which are made if they are missing
  /// @throws IOException if the disk fails; then some may be in their places
  public void putAll(Map<Path, byte[]> files) throws IOException {
    var parents = new LinkedHashSet<Path>();
    for (var file : files.entrySet()) {
      parents.add(parentOf(file.getKey()));
      write(halfOf(file.getKey()), file.getValue(), CREATE, WRITE, TRUNCATE_EXISTING);
      afterStep.run();
    }
    for (var file : files.keySet()) {
      Files.move(halfOf(file), file, StandardCopyOption.ATOMIC_MOVE);
      afterStep.run();
    }
    for (var parent : parents) {
      sync(parent);
      afterStep.run();
    }
  }

  /// Removes files, durably; those that are not there are no error.
  ///
  /// @param files in the directory, or in some beneath
  /// @throws IOException if the disk fails; then some may be removed
  public void removeAll(Collection<Path> files) throws IOException {
    var parents = new LinkedHashSet<Path>();
    for (var file : files) {
      if (Files.deleteIfExists(file)) {
        parents.add(parentOf(file));
        afterStep.run();
      }
    }
    for (var parent : parents) {
      sync(parent);
      afterStep.run();
    }
  }

  private Path parentOf(Path file) throws IOException {
    var parent = file.getParent();
    if (parent == null || !parent.startsWith(directory)) {
      throw new IllegalArgumentException("%s does not lie in %s".formatted(file, directory));
    }
    if (!exists(parent)) {
      create(parent, readers);
    }
    return parent;
  }

  private static Path halfOf(Path file) {
    return file.resolveSibling("." + file.getFileName() + NEW);
  }

  /// Writes to a file, and waits until that is durable; its name may not be.
  ///
  /// @param file which
  /// @param bytes what is written
  /// @param how it is opened
  /// @throws IOException if the disk fails
  public void write(Path file, byte[] bytes, StandardOpenOption... how) throws IOException {
    try (var channel = FileChannel.open(file, Set.of(how), permissions(file, readers.ofFiles))) {
      var rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  /// Waits until new names are there after a crash, and removed ones are not.
  ///
  /// @throws IOException if the disk fails
  public void sync() throws IOException {
    sync(directory);
  }

  private static void sync(Path directory) throws IOException {
    if (isPosix(directory)) { // others neither need it nor can do it
      try (var channel = FileChannel.open(directory, READ)) {
        channel.force(true);
      }
    }
  }

  /// Gives the directory to others. Closing twice does nothing.
  ///
  /// @throws IOException if the disk fails
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
