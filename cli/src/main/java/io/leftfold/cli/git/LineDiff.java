// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import io.leftfold.cli.git.FileChange.Lines;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.diff.HistogramDiff;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.diff.RawTextComparator;

/// Counts added and removed lines between two texts: the fewest that lead from one to the other, as
/// `git diff --minimal` does.
///
/// Only the number is wanted, not the edits, so this is the forward half of Myers' algorithm alone:
/// the shortest edit distance in time lines + distance². Lines that stand on one side only are
/// counted without it, since no edit can keep them. Beyond [#DISTANCE_MAX] the histogram algorithm
/// says a number that may not be the least.
final class LineDiff {

  static final int DISTANCE_MAX = 30_000;

  private LineDiff() {}

  static int lines(byte[] text) {
    var lines = 0;
    for (var b : text) {
      if (b == '\n') {
        lines++;
      }
    }
    return text.length > 0 && text[text.length - 1] != '\n' ? lines + 1 : lines;
  }

  static Lines count(byte[] before, byte[] now) {
    return count(before, now, DISTANCE_MAX);
  }

  static Lines count(byte[] before, byte[] now, int distanceMax) {
    var a = split(before);
    var b = split(now);
    var same = 0;
    while (same < Math.min(a.size(), b.size()) && a.get(same).equals(b.get(same))) {
      same++;
    }
    a = a.subList(same, a.size());
    b = b.subList(same, b.size());
    while (!a.isEmpty() && !b.isEmpty() && a.getLast().equals(b.getLast())) {
      a = a.subList(0, a.size() - 1);
      b = b.subList(0, b.size() - 1);
    }
    var numbers = new HashMap<String, Integer>();
    var common = new HashSet<>(a);
    common.retainAll(new HashSet<>(b));
    for (var line : common) {
      numbers.put(line, numbers.size());
    }
    var left = numbers(a, numbers);
    var right = numbers(b, numbers);
    var distance = distance(left, right, distanceMax);
    if (distance < 0) {
      return histogram(before, now);
    }
    var added = (distance + right.length - left.length) / 2;
    return new Lines(
        added + b.size() - right.length, distance - added + a.size() - left.length, false);
  }

  private static int[] numbers(List<String> lines, Map<String, Integer> numbers) {
    return lines.stream().filter(numbers::containsKey).mapToInt(numbers::get).toArray();
  }

  /// Each line with its line feed, so that a last line without one differs from one with.
  private static List<String> split(byte[] text) {
    var lines = new ArrayList<String>();
    var start = 0;
    for (var i = 0; i < text.length; i++) {
      if (text[i] == '\n') {
        lines.add(new String(text, start, i + 1 - start, StandardCharsets.ISO_8859_1));
        start = i + 1;
      }
    }
    if (start < text.length) {
      lines.add(new String(text, start, text.length - start, StandardCharsets.ISO_8859_1));
    }
    return lines;
  }

  /// The fewest insertions and deletions, or −1 if they are more than allowed.
  ///
  /// `reach[k]` is how far in `a` one gets on the diagonal a − b = k with `d` edits; `d` and `k`
  /// are both even or both odd, so that one array serves `d − 1` and `d`.
  private static int distance(int[] a, int[] b, int distanceMax) {
    var max = Math.min(a.length + b.length, distanceMax);
    var middle = max + 1;
    var reach = new int[2 * max + 3];
    Arrays.fill(reach, 0);
    for (var d = 0; d <= max; d++) {
      // Diagonals that begin outside the rectangle need not be walked.
      var low = -d + 2 * Math.max(0, d - b.length);
      var high = d - 2 * Math.max(0, d - a.length);
      for (var k = low; k <= high; k += 2) {
        int x;
        if (k == -d || (k != d && reach[middle + k - 1] < reach[middle + k + 1])) {
          x = reach[middle + k + 1];
        } else {
          x = reach[middle + k - 1] + 1;
        }
        var y = x - k;
        while (x < a.length && y < b.length && a[x] == b[y]) {
          x++;
          y++;
        }
        reach[middle + k] = x;
        if (x >= a.length && y >= b.length) {
          return d;
        }
      }
    }
    return -1;
  }

  private static Lines histogram(byte[] before, byte[] now) {
    var added = 0;
    var removed = 0;
    for (var edit :
        new HistogramDiff()
            .diff(RawTextComparator.DEFAULT, new RawText(before), new RawText(now))) {
      added += edit.getLengthB();
      removed += edit.getLengthA();
    }
    return new Lines(added, removed, false);
  }
}
