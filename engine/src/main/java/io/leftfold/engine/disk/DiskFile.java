// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.disk;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// One file of a [Disk]: written by one thread, read by any.
public interface DiskFile extends AutoCloseable {

  /// The name of the file, as a person finds it.
  String describe();

  /// Its size in bytes.
  long size() throws IOException;

  /// Writes all remaining bytes at an offset.
  void write(ByteBuffer bytes, long offset) throws IOException;

  /// Waits until what was written is durable.
  void sync() throws IOException;

  /// Makes the file shorter or longer; what is added is zero. Nobody may read a mapping beyond the
  /// new size.
  void resize(long bytes) throws IOException;

  /// The whole file, at its present size, for reading. What is written later shows in it. Ends when
  /// the file is closed: reading it then throws [IllegalStateException].
  MemorySegment map() throws IOException;

  /// Gives back what only writing and mapping need, such as a descriptor: a store of a thousand
  /// sealed chunks does not keep a thousand files open. What is mapped stays readable until the
  /// file is closed; all else is over.
  default void endWriting() throws IOException {}

  @Override
  void close() throws IOException;
}
