// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

/// What a key is. The order is that of the files.
enum KeyKind {
  /// The name of a stream.
  STREAM,
  /// The category of a stream.
  CATEGORY,
  /// The type of an event.
  TYPE,
  /// A tag of an event.
  TAG;

  private static final KeyKind[] ALL = values();

  /// How many kinds the files have room for.
  static final int MAX = 8;

  /// The byte that a key of this kind begins with in the files.
  byte code() {
    return (byte) ordinal();
  }

  static KeyKind of(int code) {
    return ALL[code];
  }
}
