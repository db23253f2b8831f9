// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.disk;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// A directory of the file system.
///
/// The mapping of a file that is still written relies on one page cache for writing and mapping, as
/// Linux, macOS and Windows have it for local files.
public final class DirectoryDisk implements Disk {

  private static final boolean WINDOWS =
      System.getProperty("os.name", "").toLowerCase(java.util.Locale.ROOT).startsWith("windows");

  private static final int READERS = 16;
  private static final int END_BYTES = 4096;

  private final Path directory;
  private final boolean readOnly;
  private volatile @Nullable FileStore store;

  private DirectoryDisk(Path directory, boolean readOnly) {
    this.directory = directory;
    this.readOnly = readOnly;
  }

  /// Opens a directory for reading and writing, creating it and its parents if need be.
  public static DirectoryDisk open(Path directory) throws IOException {
    Files.createDirectories(directory);
    return new DirectoryDisk(directory, false);
  }

  /// Opens a directory that must exist, for reading.
  public static DirectoryDisk openReadOnly(Path directory) {
    return new DirectoryDisk(directory, true);
  }

  @Override
  public List<String> list() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /// Has the system read the beginning and the end of each file, many at a time: for who is about
  /// to look at them one after the other, and would wait for the disk at each. Whatever cannot be
  /// read is left to them.
  ///
  /// @param threads makes the threads that wait instead
  public void readEnds(ThreadFactory threads) throws IOException {
    var names = list();
    if (names.size() < READERS) {
      return;
    }
    try (var readers = Executors.newFixedThreadPool(READERS, threads)) {
      names.forEach(name -> readers.execute(() -> readEnds(directory.resolve(name))));
    }
  }

  private static void readEnds(Path file) {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.read(ByteBuffer.allocate(END_BYTES), 0);
      channel.read(ByteBuffer.allocate(END_BYTES), Math.max(0, channel.size() - END_BYTES));
    } catch (IOException e) {
      // Gone, or not to be read: who opens it is told.
    }
  }

  @Override
  public DiskFile create(String name, long bytes) throws IOException {
    refuseIfReadOnly(name);
    Files.deleteIfExists(directory.resolve(name));
    var file = new MappableFile(directory.resolve(name), "rw");
    try {
      file.resize(bytes);
      return file;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return new MappableFile(directory.resolve(name), readOnly ? "r" : "rw");
  }

  @Override
  public void rename(String from, String to) throws IOException {
    refuseIfReadOnly(from);
    Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String name) throws IOException {
    refuseIfReadOnly(name);
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public void syncDirectory() throws IOException {
    if (WINDOWS) {
      return; // a directory cannot be opened there, and its entries are journalled by the system
    }
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public long usableBytes() {
    try {
      var known = store;
      if (known == null) {
        known = Files.getFileStore(directory);
        store = known;
      }
      return known.getUsableSpace();
    } catch (IOException e) {
      return Long.MAX_VALUE; // who cannot tell does not stand in the way
    }
  }

  @Override
  public String describe(String name) {
    return directory.resolve(name).toString();
  }

  @Override
  public void close() {}

  private void refuseIfReadOnly(String name) throws IOException {
    if (readOnly) {
      throw new IOException("%s was opened for reading only".formatted(describe(name)));
    }
  }

  private static final class MappableFile implements DiskFile {
    private final Path path;
    private final RandomAccessFile file;
    private final FileChannel channel;
    private final Arena arena = Arena.ofShared();

    MappableFile(Path path, String mode) throws IOException {
      this.path = path;
      this.file = new RandomAccessFile(path.toFile(), mode);
      this.channel = file.getChannel();
    }

    @Override
    public String describe() {
      return path.toString();
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void write(ByteBuffer bytes, long offset) throws IOException {
      var at = offset;
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    }

    @Override
    public void sync() throws IOException {
      channel.force(false);
    }

    @Override
    public void resize(long bytes) throws IOException {
      file.setLength(bytes);
      channel.force(true);
    }

    @Override
    public MemorySegment map() throws IOException {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }

    @Override
    public void endWriting() throws IOException {
      file.close();
    }

    @Override
    public void close() throws IOException {
      try (file) {
        if (arena.scope().isAlive()) {
          arena.close();
        }
      }
    }
  }
}
