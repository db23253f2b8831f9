// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

/// What a key is. The order is that of the files.
enum KeyKind {
  /// The name of a stream.
  STREAM(0),
  /// The category of a stream.
  CATEGORY(1),
  /// The type of an event.
  TYPE(2),
  /// A tag of an event.
  TAG(3),
  /// The correlation id that the metadata of an event names; of links none.
  CORRELATION(4),
  /// The events of revision 0 of a category, or of all streams.
  BEGINNINGS(5);

  private static final KeyKind[] ALL = values();

  /// How many kinds the files have room for.
  static final int MAX = 8;

  private final byte code;

  KeyKind(int code) {
    this.code = (byte) code;
  }

  /// The byte that a key of this kind begins with in the files.
  byte code() {
    return code;
  }

  /// Whether there is a kind of this code.
  static boolean isKnown(int code) {
    return code >= 0 && code < ALL.length;
  }

  static KeyKind of(int code) {
    return ALL[code];
  }
}
