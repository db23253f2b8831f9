// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcTimeoutTest {

  @ParameterizedTest
  @CsvSource({
    "1H, PT1H",
    "2M, PT2M",
    "3S, PT3S",
    "250m, PT0.25S",
    "9996359u, PT9.996359S",
    "99999999n, PT0.099999999S",
    "0S, PT0S",
    "00000010S, PT10S"
  })
  void every_unit_is_read(String text, Duration expected) {
    assertThat(GrpcTimeout.parse(text)).contains(expected);
  }

  @Test
  void the_longest_timeout_does_not_overflow() {
    assertThat(GrpcTimeout.parse("99999999H")).contains(Duration.ofHours(99_999_999));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "S", "10", "123456789S", "-1S", "1.5S", "1s", "1 S", "٣S"})
  void anything_else_is_no_timeout(String text) {
    assertThat(GrpcTimeout.parse(text)).isEmpty();
  }
}
