// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/// Positions in URLs: 16 hexadecimal digits for the commit, and 16 for the event in it, which are
/// the same here.
final class Positions {

  private static final Pattern TEXT = Pattern.compile("[0-9a-fA-F]{32}");
  private static final int DIGITS = 16;

  private Positions() {}

  static String text(long position) {
    return "%016X%016X".formatted(position, position);
  }

  /// A position from its text; empty if that is none.
  static OptionalLong of(String text) {
    if (!TEXT.matcher(text).matches()) {
      return OptionalLong.empty();
    }
    var position = Long.parseUnsignedLong(text.substring(0, DIGITS), 16);
    return position < 0 ? OptionalLong.empty() : OptionalLong.of(position);
  }
}
