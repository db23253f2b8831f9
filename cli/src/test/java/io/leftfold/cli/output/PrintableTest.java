// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PrintableTest {

  @Test
  void text_stays_as_it_is() {
    assertThat(Printable.of("Grüße, 日本語 🎈 \"{}\"")).isEqualTo("Grüße, 日本語 🎈 \"{}\"");
  }

  @Test
  void what_moves_the_cursor_or_turns_the_writing_is_escaped() {
    assertThat(Printable.of("a\nb\tc\rd\u001b[2J\u202ee\u2028f\ud800g"))
        .isEqualTo("a\\nb\\tc\\rd\\u001b[2J\\u202ee\\u2028f\\ud800g");
  }

  @Test
  void long_text_is_cut_between_characters() {
    var text = "🎈".repeat(10).getBytes(StandardCharsets.UTF_8);
    assertThat(Printable.of(text, 10)).isEqualTo("🎈".repeat(10));
    assertThat(Printable.of(text, 9)).isEqualTo("🎈".repeat(9) + "… (40 bytes)");
  }

  @Test
  void bytes_are_shown_in_hexadecimal() {
    assertThat(Printable.of(new byte[] {(byte) 0xff, 0, 16}, 100)).isEqualTo("3 bytes: ff 00 10");
    assertThat(Printable.of(new byte[] {'a', 0}, 100)).isEqualTo("2 bytes: 61 00");
    assertThat(Printable.of(new byte[1000], 100)).startsWith("1,000 bytes: 00 00").endsWith(" …");
  }
}
