// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.disk;

import java.io.IOException;
import java.util.List;

/// A directory of files.
///
/// What an implementation guarantees:
///
/// - Bytes written to a file survive a crash once [DiskFile#sync] has returned; before that, any
///   part of them may.
/// - A file's name survives a crash once [#syncDirectory] has returned after its creation, and is
///   gone for good once it has returned after its deletion.
/// - Bytes between what was written and the file's size are zero.
public interface Disk extends AutoCloseable {

  /// The names of the files, in no order.
  List<String> list() throws IOException;

  /// Creates a file of a given size, all zeros, that did not exist or is replaced.
  DiskFile create(String name, long bytes) throws IOException;

  /// Opens a file that exists.
  DiskFile open(String name) throws IOException;

  /// Gives a closed file another name, in one step: whoever looks finds it under one of the two.
  /// Who had the other name is replaced.
  void rename(String from, String to) throws IOException;

  /// Deletes a file, if there is one of that name. Whoever has it open may go on reading what is
  /// mapped, except on systems that keep such a file: there it is to be closed first.
  void delete(String name) throws IOException;

  /// Makes created, changed and deleted names durable.
  void syncDirectory() throws IOException;

  /// How many bytes can still be written, as far as anybody knows.
  default long usableBytes() {
    return Long.MAX_VALUE;
  }

  /// The name of a file as a person finds it, for messages.
  String describe(String name);

  @Override
  void close() throws IOException;
}
