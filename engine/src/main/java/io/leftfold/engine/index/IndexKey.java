// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import java.nio.charset.StandardCharsets;

/// A key that is looked for: as text in tables, as bytes in segments.
final class IndexKey {
  final KeyKind kind;
  final String text;
  final byte[] bytes;
  final long hash;

  IndexKey(KeyKind kind, String text, KeyHash hash) {
    this.kind = kind;
    this.text = text;
    this.bytes = encode(kind, text);
    this.hash = hash.of(bytes, bytes.length);
  }

  /// The code of the kind, then the text in UTF-8.
  static byte[] encode(KeyKind kind, String text) {
    var utf8 = text.getBytes(StandardCharsets.UTF_8);
    var bytes = new byte[utf8.length + 1];
    bytes[0] = kind.code();
    System.arraycopy(utf8, 0, bytes, 1, utf8.length);
    return bytes;
  }

  /// The text of a key from its bytes.
  static String decode(byte[] bytes, int length) {
    return new String(bytes, 1, length - 1, StandardCharsets.UTF_8);
  }

  /// Compares as [String#compareTo] compares the texts of keys of one kind.
  static int compare(byte[] a, int aLength, byte[] b, int bLength) {
    var common = Math.min(aLength, bLength);
    for (var i = 0; i < common; i++) {
      if (a[i] != b[i]) {
        return compare(a[i] & 0xff, b[i] & 0xff);
      }
    }
    return Integer.compare(aLength, bLength);
  }

  /// Compares the first two bytes that differ. UTF-8 has the order of code points, texts have that
  /// of UTF-16: there characters beyond U+FFFF (first byte F0 to F4) come before those from U+E000
  /// on (first byte EE and EF).
  static int compare(int a, int b) {
    return Integer.compare(rank(a), rank(b));
  }

  private static int rank(int unit) {
    return unit == 0xEE || unit == 0xEF ? unit + 0x10 : unit;
  }
}
