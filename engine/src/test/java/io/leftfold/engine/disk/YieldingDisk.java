// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.disk;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/// A disk whose every call lets other threads run, before it is done and before it returns. One of
/// the calls fails, if that is asked for, with nothing done.
public final class YieldingDisk implements Disk {

  private final Disk disk;
  private long callsUntilFailure;

  /// Over another disk.
  public YieldingDisk(Disk disk) {
    this.disk = disk;
  }

  /// Lets a call fail, whatever it is.
  ///
  /// @param nth which one, counted from now on and from 1
  public YieldingDisk failingAtCall(long nth) {
    callsUntilFailure = nth;
    return this;
  }

  /// Whether a call failed because that was asked for.
  public boolean hasFailed() {
    return callsUntilFailure < 0;
  }

  /// A call of the disk.
  @FunctionalInterface
  private interface Call<T> {
    T done() throws IOException;
  }

  /// A call that returns nothing.
  @FunctionalInterface
  private interface Order {
    void carryOut() throws IOException;
  }

  @SuppressWarnings("ThreadPriorityCheck") // that others run is what it is for
  private <T> T slowly(Call<T> call) throws IOException {
    Thread.yield();
    try {
      if (callsUntilFailure > 0 && --callsUntilFailure == 0) {
        callsUntilFailure = -1;
        throw new IOException("injected: a call failed");
      }
      return call.done();
    } finally {
      Thread.yield();
    }
  }

  private void slowly(Order order) throws IOException {
    slowly(() -> {
      order.carryOut();
      return true;
    });
  }

  @Override
  public List<String> list() throws IOException {
    return slowly(disk::list);
  }

  @Override
  public DiskFile create(String name, long bytes) throws IOException {
    return new YieldingFile(slowly(() -> disk.create(name, bytes)));
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return new YieldingFile(slowly(() -> disk.open(name)));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    slowly(() -> disk.rename(from, to));
  }

  @Override
  public void delete(String name) throws IOException {
    slowly(() -> disk.delete(name));
  }

  @Override
  public void syncDirectory() throws IOException {
    slowly(disk::syncDirectory);
  }

  @Override
  public long usableBytes() {
    return disk.usableBytes();
  }

  @Override
  public String describe(String name) {
    return disk.describe(name);
  }

  @Override
  public void close() throws IOException {
    slowly(disk::close);
  }

  private final class YieldingFile implements DiskFile {
    private final DiskFile file;

    YieldingFile(DiskFile file) {
      this.file = file;
    }

    @Override
    public String describe() {
      return file.describe();
    }

    @Override
    public long size() throws IOException {
      return slowly(file::size);
    }

    @Override
    public void write(ByteBuffer bytes, long offset) throws IOException {
      slowly(() -> file.write(bytes, offset));
    }

    @Override
    public void sync() throws IOException {
      slowly(file::sync);
    }

    @Override
    public void resize(long bytes) throws IOException {
      slowly(() -> file.resize(bytes));
    }

    @Override
    public MemorySegment map() throws IOException {
      return slowly(file::map);
    }

    @Override
    public void endWriting() throws IOException {
      slowly(file::endWriting);
    }

    @Override
    public void close() throws IOException {
      slowly(file::close);
    }
  }
}
