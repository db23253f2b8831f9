// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// What a failed call says to programs: names and values that travel behind the answer.
///
/// Values are made safe for HTTP: text beyond printable ASCII is percent-encoded as UTF-8, and what
/// is longer than clients take is cut off (text) or left out (bytes).
///
/// @param entries in order
public record GrpcTrailers(List<Entry> entries) {

  /// Clients refuse all trailers together beyond 8 KiB.
  private static final int VALUE_CHARS_MAX = 3 * 1024;

  private static final String BINARY_SUFFIX = "-bin";

  /// None.
  public static final GrpcTrailers NONE = new GrpcTrailers(List.of());

  /// A trailer as it goes out.
  ///
  /// @param name in lower case
  /// @param value printable ASCII
  public record Entry(String name, String value) {}

  /// Takes them as they are.
  public GrpcTrailers {
    entries = List.copyOf(entries);
  }

  /// These and a text.
  ///
  /// @param name in lower case
  /// @param value any text
  /// @return the new trailers
  public GrpcTrailers with(String name, String value) {
    return and(new Entry(name, PercentEncoding.encodeUnprintable(value, VALUE_CHARS_MAX)));
  }

  /// These and a number.
  ///
  /// @param name in lower case
  /// @param value signed
  /// @return the new trailers
  public GrpcTrailers with(String name, long value) {
    return and(new Entry(name, Long.toString(value)));
  }

  /// These and bytes.
  ///
  /// @param name in lower case; ends in `-bin`
  /// @param value any bytes
  /// @return the new trailers, without these bytes if they are too long
  public GrpcTrailers with(String name, byte[] value) {
    if (!name.endsWith(BINARY_SUFFIX)) {
      throw new IllegalArgumentException(
          "A trailer of bytes has a name that ends in -bin, got " + name);
    }
    var text = Base64.getEncoder().withoutPadding().encodeToString(value);
    return text.length() > VALUE_CHARS_MAX ? this : and(new Entry(name, text));
  }

  private GrpcTrailers and(Entry entry) {
    var all = new ArrayList<>(entries);
    all.add(entry);
    return new GrpcTrailers(all);
  }
}
