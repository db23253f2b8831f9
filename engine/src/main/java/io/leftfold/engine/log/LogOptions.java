// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

/// How a log is kept.
///
/// @param chunkBytesMax the size of a chunk file; one larger commit makes one larger chunk
/// @param sync whether a batch is synced before it is published
/// @param readOnly whether nothing may be written; then damage is tolerated where it can be
public record LogOptions(long chunkBytesMax, boolean sync, boolean readOnly) {
  /// The largest chunk: offsets in it are 31-bit numbers.
  public static final long CHUNK_BYTES_LIMIT = 1L << 30;

  /// Checks the size.
  public LogOptions {
    if (chunkBytesMax < 4096 || chunkBytesMax > CHUNK_BYTES_LIMIT) {
      throw new IllegalArgumentException(
          "A chunk has 4096 to %d bytes, got %d".formatted(CHUNK_BYTES_LIMIT, chunkBytesMax));
    }
  }
}
