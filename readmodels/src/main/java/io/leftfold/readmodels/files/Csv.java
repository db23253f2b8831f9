// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.files;

import java.time.temporal.Temporal;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Tables as comma-separated values (RFC 4180), for spreadsheets and whoever reads such files.
///
/// Numbers, truths and dates are themselves, everything else is text in quotes. Text that a
/// spreadsheet would take for a formula has an apostrophe before it, for what it says came from
/// somebody who may mean ill; so has what is behind a semicolon or a tab in it, which other
/// spreadsheets take for the beginning of a cell. The file begins with a byte order mark, from
/// which spreadsheets know that it is UTF-8.
public final class Csv {

  private static final String MARK = "\uFEFF";

  /// Where a formula may begin: in the text, or in what is a cell to whoever separates by `;` or
  /// tabs.
  private static final Pattern FORMULA =
      Pattern.compile("^(?=[=+\\-@\t\r\n])|(?<=[;\t\r\n])(?=[=+\\-@])");

  private Csv() {}

  /// A table.
  ///
  /// @param header the names of the columns
  /// @param rows each with as many values
  /// @return its text
  /// @throws IllegalArgumentException if a row has more or fewer values
  public static String of(List<String> header, List<? extends List<?>> rows) {
    var text = new StringBuilder(MARK).append(line(header));
    for (var row : rows) {
      if (row.size() != header.size()) {
        throw new IllegalArgumentException(
            "A row has a value for each of the columns %s, got %s".formatted(header, row));
      }
      text.append(line(row));
    }
    return text.toString();
  }

  private static String line(List<?> values) {
    return values.stream().map(Csv::value).collect(Collectors.joining(",", "", "\r\n"));
  }

  private static String value(Object value) {
    return switch (value) {
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      case Temporal moment -> moment.toString();
      default -> text(value.toString());
    };
  }

  private static String text(String text) {
    return "\"%s\"".formatted(FORMULA.matcher(text).replaceAll("'").replace("\"", "\"\""));
  }
}
