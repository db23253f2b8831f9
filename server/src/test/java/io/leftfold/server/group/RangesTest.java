// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.testkit.Steps;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RangesTest {

  private static final int NUMBERS = 60;

  @Test
  void they_are_a_set_of_numbers() {
    var seed = Steps.seed();
    var random = new Random(seed);
    for (var round = 0; round < 300; round++) {
      var ranges = new Ranges();
      var set = new TreeSet<Long>();
      for (var step = 0; step < 80; step++) {
        var number = random.nextLong(NUMBERS);
        if (random.nextInt(12) == 0) {
          ranges.removeBelow(number);
          set.headSet(number).clear();
        } else {
          ranges.add(number);
          set.add(number);
        }
        check(ranges, set, "Seed " + seed);
      }
      var first = random.nextLong(NUMBERS);
      var last = random.nextLong(NUMBERS);
      var between = new TreeSet<>(set.tailSet(first).headSet(Math.max(first, last + 1)));
      check(Ranges.parse(ranges.text().getBytes(UTF_8), first, last), between, "Seed " + seed);
    }
  }

  private static void check(Ranges ranges, Set<Long> set, String seed) {
    var gaps = set.stream().filter(number -> !set.contains(number - 1)).count();
    assertThat(ranges.count()).as(seed).isEqualTo(set.size());
    assertThat(ranges.size()).as(seed).isEqualTo((int) gaps);
    assertThat(ranges.isEmpty()).as(seed).isEqualTo(set.isEmpty());
    for (var number = 0L; number <= NUMBERS; number++) {
      assertThat(ranges.contains(number)).as(seed).isEqualTo(set.contains(number));
      var missing = number;
      while (set.contains(missing)) {
        missing++;
      }
      assertThat(ranges.firstMissing(number)).as(seed).isEqualTo(missing);
    }
  }

  @Test
  void numbers_without_a_gap_between_them_are_one_range_however_many_they_are() {
    var ranges = new Ranges();
    for (var number = 1L; number <= 1_000_000; number++) {
      ranges.add(number);
      assertThat(ranges.size()).isOne();
    }
    assertThat(ranges.text()).isEqualTo("{\"removed\":[[1,1000000]]}");
  }

  @Test
  void a_copy_is_one_of_its_own() {
    var ranges = new Ranges();
    ranges.add(3);
    var copy = Ranges.copyOf(ranges);
    ranges.add(5);
    assertThat(copy.text()).isEqualTo("{\"removed\":[[3,3]]}");
    assertThat(copy.count()).isOne();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "{}",
        "{\"removed\":7}",
        "{\"removed\":[[5,3],[],[7]]}",
        "{\"removed\":[[200,300]]}",
        "[[1,2]]"
      })
  void other_texts_have_no_numbers(String text) {
    assertThat(Ranges.parse(text.getBytes(UTF_8), 0, 100).isEmpty()).isTrue();
  }

  @Test
  void ranges_that_lie_over_each_other_are_one() {
    var text = "{\"removed\":[[5,9],[1,2],[0,6],[8,9223372036854775807]]}";
    assertThat(Ranges.parse(text.getBytes(UTF_8), 1, 50).text())
        .isEqualTo("{\"removed\":[[1,50]]}");
  }
}
