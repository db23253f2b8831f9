// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// In what form the caller wants the answer.
public final class Accept {

  private static final String ANYTHING = "*/*";

  /// What `?format=` stands for, before the header.
  private static final Map<String, String> FORMATS =
      Map.of(
          "json", "application/json",
          "text", "text/plain",
          "xml", "text/xml",
          "atom", "application/atom+xml",
          "atomxj", "application/vnd.eventstore.atom+json",
          "atomsvc", "application/atomsvc+xml",
          "atomsvcxj", "application/vnd.eventstore.atomsvc+json");

  private Accept() {}

  /// A range of media types, and how much it is wanted.
  private record Range(String type, double quality) {
    boolean suits(String offered) {
      return type.equals(ANYTHING)
          || type.equals(offered)
          || (type.endsWith("/*") && offered.startsWith(type.substring(0, type.length() - 1)));
    }

    int precision() {
      return type.equals(ANYTHING) ? 0 : type.endsWith("/*") ? 1 : 2;
    }
  }

  /// Whether the caller did not say.
  ///
  /// @param request what it said
  /// @return whether any form would do
  public static boolean isAnything(Request request) {
    return request.target().parameter("format").isEmpty()
        && said(request).map(said -> said.strip().equals(ANYTHING)).orElse(true);
  }

  /// Chooses among what there is.
  ///
  /// @param request says what is wanted
  /// @param offered media types, the one for those who do not say first
  /// @return one of them
  /// @throws RefusedException if none is wanted
  public static String choose(Request request, List<String> offered) {
    var format = request.target().parameter("format");
    if (format.isPresent()) {
      var type = FORMATS.get(format.get().toLowerCase(Locale.ROOT));
      if (type == null) {
        throw new RefusedException(
            Answer.refusal(Status.FAILED, "Unknown format requested: " + format.get()));
      }
      if (!offered.contains(type)) {
        throw notAcceptable();
      }
      return type;
    }
    var said = said(request);
    return said.isEmpty()
        ? offered.getFirst()
        : wanted(ranges(said.get()), offered).orElseThrow(Accept::notAcceptable);
  }

  /// A header without anything in it says nothing.
  private static Optional<String> said(Request request) {
    return Optional.of(String.join(",", request.headers().getAll("accept")))
        .filter(said -> !said.isBlank());
  }

  private static Optional<String> wanted(List<Range> ranges, List<String> offered) {
    for (var range : ranges) {
      if (range.quality > 0) {
        for (var type : offered) {
          if (range.suits(type) && isDecidedBy(range, ranges, type)) {
            return Optional.of(type);
          }
        }
      }
    }
    return Optional.empty();
  }

  /// Whether none says more precisely how much a type is wanted.
  private static boolean isDecidedBy(Range range, List<Range> ranges, String type) {
    return ranges.stream()
        .noneMatch(other -> other.suits(type) && other.precision() > range.precision());
  }

  private static List<Range> ranges(String said) {
    var ranges = new ArrayList<Range>();
    for (var item : said.split(",", -1)) {
      var parts = item.split(";", -1);
      var type = parts[0].strip().toLowerCase(Locale.ROOT);
      if (!type.isEmpty()) {
        ranges.add(new Range(type, quality(parts)));
      }
    }
    ranges.sort(Comparator.comparingDouble(Range::quality).reversed());
    return ranges;
  }

  private static double quality(String[] parts) {
    for (var i = 1; i < parts.length; i++) {
      var parameter = parts[i].strip();
      if (parameter.regionMatches(true, 0, "q=", 0, 2)) {
        try {
          var quality = Double.parseDouble(parameter.substring(2));
          return quality >= 0 && quality <= 1 ? quality : 0;
        } catch (NumberFormatException _) {
          return 0;
        }
      }
    }
    return 1;
  }

  private static RefusedException notAcceptable() {
    return new RefusedException(
        Answer.refusal(
            Status.NOT_ACCEPTABLE, "Requested URI is not available in requested format"));
  }
}
