// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.List;
import java.util.Optional;
import org.graalvm.polyglot.Value;

/// What was probably meant by a name that there is not.
final class Suggestions {

  private static final List<String> FUNCTIONS =
      List.of(
          "fromAll",
          "fromStream",
          "fromStreams",
          "fromCategory",
          "fromCategories",
          "on_event",
          "on_any",
          "options",
          "when",
          "foreachStream",
          "partitionBy",
          "outputState",
          "outputTo",
          "transformBy",
          "filterBy",
          "emit",
          "linkTo",
          "linkStreamTo",
          "copyTo",
          "log");
  private static final List<String> OPTIONS =
      List.of(
          "$includeLinks",
          "reorderEvents",
          "processingLag",
          "resultStreamName",
          "partitionResultStreamNamePattern",
          "biState");
  private static final List<String> HANDLERS =
      List.of("$init", "$initShared", "$any", "$created", "$deleted");

  private Suggestions() {}

  static Object answer(Value... arguments) {
    var known = arguments[0].asString().equals("option") ? OPTIONS : HANDLERS;
    return nearest(known, arguments[1].asString()).orElse("");
  }

  static Optional<String> function(String name) {
    return nearest(FUNCTIONS, name);
  }

  static boolean isFunction(String name) {
    return FUNCTIONS.contains(name);
  }

  private static Optional<String> nearest(List<String> known, String name) {
    var best = Optional.<String>empty();
    var least = Math.max(2, name.length() / 3) + 1;
    for (var candidate : known) {
      var distance =
          distance(
              candidate.toLowerCase(java.util.Locale.ROOT),
              name.toLowerCase(java.util.Locale.ROOT));
      if (distance < least) {
        least = distance;
        best = Optional.of(candidate);
      }
    }
    return best;
  }

  /// How many letters to put in, take out or replace.
  private static int distance(String a, String b) {
    var row = new int[b.length() + 1];
    for (var j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (var i = 1; i <= a.length(); i++) {
      var diagonal = row[0];
      row[0] = i;
      for (var j = 1; j <= b.length(); j++) {
        var replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
