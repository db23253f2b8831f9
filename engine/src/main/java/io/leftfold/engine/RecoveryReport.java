// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

/// What opening a store had to cut from its log: bytes of commits that were being written when the
/// process or the machine stopped, and that nobody was told to be durable.
///
/// @param file the chunk
/// @param offset where the last whole commit ends
/// @param bytes how many bytes were cut behind it
/// @param nextPosition the position that the next event gets
public record RecoveryReport(String file, long offset, long bytes, long nextPosition) {

  @Override
  public String toString() {
    return "Cut an unfinished commit of %d bytes behind byte %d of %s; the next event gets position %d"
        .formatted(bytes, offset, file, nextPosition);
  }
}
