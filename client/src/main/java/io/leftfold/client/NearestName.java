// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// What a misspelt name probably meant.
public final class NearestName {

  private NearestName() {}

  /// The known name that a word is nearest to, if it is near.
  ///
  /// @param word as somebody wrote it, in any case
  /// @param known what it may have meant
  /// @return the name that takes the fewest letters added, removed, replaced or swapped with their
  ///   neighbour; empty if that would be more than a third of its letters
  public static Optional<String> of(String word, Collection<String> known) {
    var lower = word.toLowerCase(Locale.ROOT);
    return known.stream()
        .min(Comparator.comparingInt(name -> distance(lower, name.toLowerCase(Locale.ROOT))))
        .filter(name ->
            distance(lower, name.toLowerCase(Locale.ROOT)) <= Math.max(1, name.length() / 3));
  }

  private static int distance(String one, String other) {
    var rows = new int[one.length() + 1][other.length() + 1];
    for (var i = 0; i <= one.length(); i++) {
      for (var j = 0; j <= other.length(); j++) {
        if (i == 0 || j == 0) {
          rows[i][j] = i + j;
          continue;
        }
        var same = one.charAt(i - 1) == other.charAt(j - 1);
        rows[i][j] =
            Math.min(
                rows[i - 1][j - 1] + (same ? 0 : 1), Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && one.charAt(i - 1) == other.charAt(j - 2)
            && one.charAt(i - 2) == other.charAt(j - 1)) {
          rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
      }
    }
    return rows[one.length()][other.length()];
  }
}
