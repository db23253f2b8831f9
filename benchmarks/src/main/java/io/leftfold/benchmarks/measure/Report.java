// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.measure;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/// Prints rows as they come.
public final class Report {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final PrintWriter out;
  private final boolean json;

  /// A report.
  ///
  /// @param out where to
  /// @param json whether as one JSON object a row
  public Report(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /// Says what comes.
  ///
  /// @param benchmark whose rows follow
  public void begin(Benchmark benchmark) {
    if (!json) {
      out.printf("%n%s: %s%n  %s%n", benchmark.name(), benchmark.question(), benchmark.sketch());
      out.flush();
    }
  }

  /// Prints a row.
  ///
  /// @param row what was found
  public void add(Row row) {
    if (json) {
      out.println(asJson(row));
    } else {
      print(row);
    }
    out.flush();
  }

  private static String asJson(Row row) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("name", row.name());
    fields.put("figure", row.figure());
    fields.put("unit", row.unit());
    fields.put("limit", row.limit());
    fields.put("ratio", row.ratio());
    fields.put("peers", row.peers());
    fields.put("limitMeans", row.limitMeans());
    fields.put("asked", asked(row.asked()));
    fields.put("reached", row.isReached());
    fields.put("remarks", row.remarks());
    return JSON.writeValueAsString(fields);
  }

  private void print(Row row) {
    out.printf(
        Locale.ROOT,
        "  %-25s %11s %-10s limit %12s  ratio %5.2f  asked %-8s %s%n",
        row.name(),
        number(row.figure()),
        row.unit(),
        number(row.limit()),
        row.ratio(),
        asked(row.asked()),
        row.asked() instanceof Asked.Nothing ? "" : row.isReached() ? "reached" : "MISSED");
    out.printf("    limit: %s%n", row.limitMeans());
    row.peers().forEach((peer, figure) -> out.printf("    %s: %s%n", peer, number(figure)));
    row.remarks().forEach(remark -> out.printf("    %s%n", remark));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%,.2f" : "%,.0f", value);
  }

  private static String asked(Asked asked) {
    return switch (asked) {
      case Asked.Share(var share) -> String.format(Locale.ROOT, "%.2f", share);
      case Asked.Figure(var least) -> String.format(Locale.ROOT, "%,.0f", least);
      case Asked.AtMost(var most) -> String.format(Locale.ROOT, "≤ %,.0f", most);
      case Asked.Nothing() -> "-";
    };
  }
}
