// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

/// Spreads keys over the Bloom filter of a segment. It decides only where to look: keys are
/// compared whole, so any function is right, and a poor one is slow.
@FunctionalInterface
public interface KeyHash {

  /// The function of the file format: FNV-1a with 64 bits, then mixed, so that every bit of the
  /// result depends on every bit of the key.
  KeyHash STANDARD =
      (key, length) -> {
        var hash = 0xCBF29CE484222325L;
        for (var i = 0; i < length; i++) {
          hash = (hash ^ (key[i] & 0xff)) * 0x100000001B3L;
        }
        return mix(hash);
      };

  /// The hash of a key.
  ///
  /// @param key the code of its kind, then its text
  /// @param length how many bytes of the array it has
  long of(byte[] key, int length);

  /// Spreads every bit over all (the finalizer of SplitMix64).
  static long mix(long bits) {
    var mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
