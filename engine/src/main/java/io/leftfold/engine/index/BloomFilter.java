// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Says of most keys that are not in a segment that they are not, by looking at 64 bytes.
///
/// A hash chooses a block of 512 bits by its upper half, and seven bits in it. With twelve bits a
/// key about one key in a hundred is looked for in vain.
final class BloomFilter {

  static final int BLOCK_BYTES = 64;

  private static final int BITS_A_KEY = 12;
  private static final int BITS_SET = 7;
  private static final int BLOCK_BITS = 8 * BLOCK_BYTES;
  private static final int BLOCK_SHIFT = 9;

  private final byte[] bits;
  private final long blocks;

  /// An empty one.
  ///
  /// @param keys how many keys it will have, at most
  BloomFilter(long keys) {
    this.blocks = Math.max(1, Math.ceilDiv(keys * BITS_A_KEY, BLOCK_BITS));
    this.bits = new byte[Math.toIntExact(blocks * BLOCK_BYTES)];
  }

  void add(long hash) {
    var block = (int) (block(hash, blocks) * BLOCK_BYTES);
    var choice = KeyHash.mix(hash);
    for (var i = 0; i < BITS_SET; i++) {
      var bit = ((int) (choice >>> (i * BLOCK_SHIFT))) & (BLOCK_BITS - 1);
      bits[block + (bit >>> 3)] |= (byte) (1 << (bit & 7));
    }
  }

  long blocks() {
    return blocks;
  }

  ByteBuffer bytes() {
    return ByteBuffer.wrap(bits).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Whether a filter in a file may hold a key.
  ///
  /// @param at where the filter is in the file
  static boolean mayHold(CheckedPages pages, long at, long blocks, long hash) {
    var block = at + block(hash, blocks) * BLOCK_BYTES;
    pages.require(block, BLOCK_BYTES);
    var choice = KeyHash.mix(hash);
    for (var i = 0; i < BITS_SET; i++) {
      var bit = ((int) (choice >>> (i * BLOCK_SHIFT))) & (BLOCK_BITS - 1);
      if ((pages.byteAt(block + (bit >>> 3)) & (1 << (bit & 7))) == 0) {
        return false;
      }
    }
    return true;
  }

  private static long block(long hash, long blocks) {
    return ((hash >>> 32) * blocks) >>> 32;
  }
}
