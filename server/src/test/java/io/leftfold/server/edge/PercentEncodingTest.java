// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PercentEncodingTest {

  @Test
  void printable_ascii_stays_as_it_is() {
    assertThat(PercentEncoding.encode("Event stream 'a-1' is deleted.", 100))
        .isEqualTo("Event stream 'a-1' is deleted.");
  }

  @Test
  void everything_else_can_be_decoded_again() {
    var text = "100%: Grüße\r\n𝄞";
    var encoded = PercentEncoding.encode(text, 100);
    assertThat(encoded).matches("[ -~]+");
    assertThat(URLDecoder.decode(encoded, StandardCharsets.UTF_8)).isEqualTo(text);
  }

  @Test
  void a_long_text_is_cut_between_characters() {
    assertThat(PercentEncoding.encode("aäb", 6)).isEqualTo("a");
    assertThat(PercentEncoding.encode("aäb", 7)).isEqualTo("a%C3%A4");
    assertThat(PercentEncoding.encode("x".repeat(50), 10)).hasSize(10);
  }

  @Test
  void trailers_keep_percent_signs_and_lose_what_http_forbids() {
    var trailers =
        GrpcTrailers.NONE.with("stream-name", "100%-ü\n").with("actual-version", -1).entries();
    assertThat(trailers)
        .containsExactly(
            new GrpcTrailers.Entry("stream-name", "100%-%C3%BC%0A"),
            new GrpcTrailers.Entry("actual-version", "-1"));
  }

  @Test
  void trailers_of_bytes_are_named_so_and_not_too_long() {
    assertThat(GrpcTrailers.NONE.with("d-bin", new byte[] {1, 2}).entries())
        .containsExactly(new GrpcTrailers.Entry("d-bin", "AQI"));
    assertThat(GrpcTrailers.NONE.with("d-bin", new byte[10_000]).entries()).isEmpty();
    assertThatThrownBy(() -> GrpcTrailers.NONE.with("d", new byte[1]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
