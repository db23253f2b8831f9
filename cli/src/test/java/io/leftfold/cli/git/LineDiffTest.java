// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.cli.git.FileChange.Lines;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineDiffTest {

  @ParameterizedTest(name = "from \"{0}\" to \"{1}\": +{2} -{3}")
  @CsvSource(
      value = {
        "''|''|0|0",
        "''|a|1|0",
        "a/b|''|0|2",
        "a/b/c|a/b/c|0|0",
        "a/b/c|a/x/c|1|1",
        "a/b/c/a/b/b/a|c/b/a/b/a/c|2|3",
        "a/b|b/a|1|1",
        "x/y/z|p/q|2|3",
      },
      delimiter = '|')
  void counts_the_fewest_lines_that_lead_from_one_text_to_the_other(
      String before, String now, int added, int removed) {
    assertThat(count(lines(before), lines(now))).isEqualTo(new Lines(added, removed, false));
  }

  @Test
  void a_last_line_without_a_line_feed_differs_from_one_with() {
    assertThat(count("a\nb", "a\nb\n")).isEqualTo(new Lines(1, 1, false));
    assertThat(LineDiff.lines(utf8("a\nb"))).isEqualTo(2);
    assertThat(LineDiff.lines(utf8("a\nb\n"))).isEqualTo(2);
    assertThat(LineDiff.lines(utf8(""))).isZero();
  }

  @Test
  void agrees_with_the_longest_common_subsequence_of_random_texts() {
    for (var seed = 0; seed < 2000; seed++) {
      var random = new Random(seed);
      var before = randomLines(random);
      var now = randomLines(random);
      var common = longestCommon(before, now);
      assertThat(count(String.join("", before), String.join("", now)))
          .as("seed %d", seed)
          .isEqualTo(new Lines(now.size() - common, before.size() - common, false));
    }
  }

  @Test
  void too_distant_texts_are_still_counted() {
    var before = "a\nb\n".repeat(50);
    var now = "b\na\n".repeat(50) + "a\n";
    var counted = LineDiff.count(utf8(before), utf8(now), 1);
    assertThat(counted.added() - counted.removed()).isEqualTo(1);
  }

  private static List<String> randomLines(Random random) {
    var lines = new ArrayList<String>();
    var different = 1 + random.nextInt(6);
    for (var i = random.nextInt(25); i > 0; i--) {
      lines.add((char) ('a' + random.nextInt(different)) + "\n");
    }
    return lines;
  }

  private static int longestCommon(List<String> a, List<String> b) {
    var longest = new int[a.size() + 1][b.size() + 1];
    for (var i = 1; i <= a.size(); i++) {
      for (var j = 1; j <= b.size(); j++) {
        longest[i][j] =
            a.get(i - 1).equals(b.get(j - 1))
                ? longest[i - 1][j - 1] + 1
                : Math.max(longest[i - 1][j], longest[i][j - 1]);
      }
    }
    return longest[a.size()][b.size()];
  }

  private static String lines(String slashed) {
    return slashed.isEmpty() ? "" : slashed.replace('/', '\n') + "\n";
  }

  private static Lines count(String before, String now) {
    return LineDiff.count(utf8(before), utf8(now));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
