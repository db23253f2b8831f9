// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// A page in Prometheus's text format, taken apart.
record Scrape(Map<String, Double> values, Map<String, String> types) {

  static Scrape of(String page) {
    var values = new LinkedHashMap<String, Double>();
    var types = new LinkedHashMap<String, String>();
    for (var line : page.lines().toList()) {
      if (line.startsWith("# TYPE ")) {
        var words = line.split(" ", -1);
        types.put(words[2], words[3]);
      } else if (!line.startsWith("#")) {
        var space = line.lastIndexOf(' ');
        var before = values.put(line.substring(0, space), number(line.substring(space + 1)));
        if (before != null) {
          throw new AssertionError("Twice in one page: " + line);
        }
      }
    }
    return new Scrape(values, types);
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  double value(String series) {
    var value = values.get(series);
    if (value == null) {
      throw new AssertionError("No %s among %s".formatted(series, values.keySet()));
    }
    return value;
  }

  /// The names of all series, without labels: as a query names them.
  Set<String> names() {
    var names = new TreeSet<String>();
    values.keySet().forEach(series -> names.add(series.replaceAll("\\{.*", "")));
    return names;
  }

  /// The names as documentation has them: of a histogram, one.
  Set<String> families() {
    return new TreeSet<>(types.keySet());
  }
}
