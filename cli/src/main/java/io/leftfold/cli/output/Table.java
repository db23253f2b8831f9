// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Rows under headings, each column as wide as it needs. A column whose heading begins with `>` is
/// set flush right.
public final class Table {

  private static final String GAP = "  ";

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  /// A table without rows.
  ///
  /// @param headings one for each column
  public Table(String... headings) {
    this.headings = List.of(headings);
  }

  /// Adds a row.
  ///
  /// @param cells printable text, one for each column
  public void row(String... cells) {
    if (cells.length != headings.size()) {
      throw new IllegalArgumentException(
          "A row of this table has %d cells, got %d".formatted(headings.size(), cells.length));
    }
    rows.add(List.of(cells));
  }

  /// The table as text.
  ///
  /// @param style of the headings
  /// @return some lines, each with its line feed
  public String text(Style style) {
    var text = new StringBuilder();
    var widths = IntStream.range(0, headings.size()).map(this::width).toArray();
    append(text, headings.stream().map(Table::name).toList(), widths, style);
    rows.forEach(row -> append(text, row, widths, Style.PLAIN));
    return text.toString();
  }

  private void append(StringBuilder text, List<String> cells, int[] widths, Style style) {
    var line = new StringBuilder();
    for (var column = 0; column < cells.size(); column++) {
      var cell = cells.get(column);
      var blanks = " ".repeat(widths[column] - length(cell));
      line.append(column == 0 ? "" : GAP).append(isRight(column) ? blanks + cell : cell + blanks);
    }
    text.append(style.faint(line.toString().stripTrailing())).append('\n');
  }

  private int width(int column) {
    var width = length(name(headings.get(column)));
    for (var row : rows) {
      width = Math.max(width, length(row.get(column)));
    }
    return width;
  }

  private boolean isRight(int column) {
    return headings.get(column).startsWith(">");
  }

  private static String name(String heading) {
    return heading.startsWith(">") ? heading.substring(1) : heading;
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
