// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Bytes that are almost right, by chance: what a decoder must refuse in the way it declares.
public final class Mutations {

  private static final int CHANGES_MAX = 4;
  private static final int[] NUMBERS = {
    0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, -1, -2, -8
  };

  private Mutations() {}

  /// Changes bytes in a few places: bits, numbers, runs that are zero, moved, doubled or gone, and
  /// where they end.
  ///
  /// @param bytes stay as they are
  /// @param random decides
  /// @return other bytes, or, seldom, the same
  public static byte[] of(byte[] bytes, RandomGenerator random) {
    var mutated = bytes.clone();
    for (var changes = 1 + random.nextInt(CHANGES_MAX); changes > 0; changes--) {
      mutated = changed(mutated, random);
    }
    return mutated;
  }

  private static byte[] changed(byte[] bytes, RandomGenerator random) {
    if (bytes.length == 0) {
      return new byte[random.nextInt(100)];
    }
    var at = random.nextInt(bytes.length);
    var length = Math.min(bytes.length - at, 1 + random.nextInt(1 << random.nextInt(10)));
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        yield bytes;
      }
      case 3, 4 -> withNumber(bytes, at, NUMBERS[random.nextInt(NUMBERS.length)], random);
      case 5 -> withNumber(bytes, at, random.nextInt(bytes.length + 1), random);
      case 6 -> {
        Arrays.fill(bytes, at, at + length, (byte) 0);
        yield bytes;
      }
      case 7 -> {
        System.arraycopy(bytes, at, bytes, random.nextInt(bytes.length - length + 1), length);
        yield bytes;
      }
      case 8 -> without(bytes, at, length);
      default -> Arrays.copyOf(bytes, random.nextBoolean() ? at : bytes.length + length);
    };
  }

  /// One to eight bytes, the least significant first.
  private static byte[] withNumber(byte[] bytes, int at, long number, RandomGenerator random) {
    var width = Math.min(bytes.length - at, 1 << random.nextInt(4));
    for (var i = 0; i < width; i++) {
      bytes[at + i] = (byte) (number >> (8 * i));
    }
    return bytes;
  }

  private static byte[] without(byte[] bytes, int at, int length) {
    var fewer = new byte[bytes.length - length];
    System.arraycopy(bytes, 0, fewer, 0, at);
    System.arraycopy(bytes, at + length, fewer, at, fewer.length - at);
    return fewer;
  }
}
