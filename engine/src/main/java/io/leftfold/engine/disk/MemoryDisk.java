// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.disk;

import java.io.FileNotFoundException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Files in memory: as durable as the process. They are kept when closed, so that a store can be
/// opened again on the same disk.
public final class MemoryDisk implements Disk {

  private final ConcurrentHashMap<String, byte[]> contents = new ConcurrentHashMap<>();

  @Override
  public List<String> list() {
    return List.copyOf(contents.keySet());
  }

  @Override
  public DiskFile create(String name, long bytes) {
    contents.put(name, new byte[Math.toIntExact(bytes)]);
    return new MemoryFile(name);
  }

  @Override
  public DiskFile open(String name) throws FileNotFoundException {
    if (!contents.containsKey(name)) {
      throw new FileNotFoundException(describe(name) + " does not exist");
    }
    return new MemoryFile(name);
  }

  @Override
  public void rename(String from, String to) throws FileNotFoundException {
    byte @Nullable [] bytes = contents.remove(from);
    if (bytes == null) {
      throw new FileNotFoundException(describe(from) + " does not exist");
    }
    contents.put(to, bytes);
  }

  @Override
  public void delete(String name) {
    contents.remove(name);
  }

  @Override
  public void syncDirectory() {}

  @Override
  public String describe(String name) {
    return "memory:" + name;
  }

  @Override
  public void close() {}

  private byte[] bytesOf(String name) {
    byte @Nullable [] bytes = contents.get(name);
    if (bytes == null) {
      throw new IllegalStateException(describe(name) + " was deleted");
    }
    return bytes;
  }

  private final class MemoryFile implements DiskFile {
    private final String name;

    MemoryFile(String name) {
      this.name = name;
    }

    @Override
    public String describe() {
      return MemoryDisk.this.describe(name);
    }

    @Override
    public long size() {
      return bytesOf(name).length;
    }

    @Override
    public void write(ByteBuffer bytes, long offset) {
      var end = offset + bytes.remaining();
      if (end > size()) {
        resize(end);
      }
      bytes.get(bytesOf(name), Math.toIntExact(offset), bytes.remaining());
    }

    @Override
    public void sync() {}

    @Override
    public void resize(long bytes) {
      contents.put(name, java.util.Arrays.copyOf(bytesOf(name), Math.toIntExact(bytes)));
    }

    @Override
    public MemorySegment map() {
      return MemorySegment.ofArray(bytesOf(name)).asReadOnly();
    }

    @Override
    public void close() {}
  }
}
