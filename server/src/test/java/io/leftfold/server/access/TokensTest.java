// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TokensTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Caller.User JO = new Caller.User("jo", Set.of(), -7, false);

  private final ManualClock clock = new ManualClock(NOW);
  private final Tokens tokens = new Tokens(new byte[] {1, 2, 3}, clock);

  @Test
  void a_token_says_who_and_until_when() throws NotAuthenticatedException {
    var token = tokens.issue(JO, Duration.ofHours(1));

    assertThat(tokens.verify(token.text()))
        .isEqualTo(new Tokens.Claims("jo", -7, NOW.plus(Duration.ofHours(1))));
    assertThat(token.toString()).doesNotContain(token.text());
  }

  @Test
  void it_ends() {
    var token = tokens.issue(JO, Duration.ofHours(1));
    clock.advance(Duration.ofHours(1));

    assertThatThrownBy(() -> tokens.verify(token.text()))
        .isInstanceOf(NotAuthenticatedException.class)
        .hasMessageContaining("ended");
  }

  @Test
  void no_character_of_it_can_be_changed() {
    var text = tokens.issue(JO, Duration.ofHours(1)).text();
    // The last character of a part has bits that say nothing.
    for (var i = 0; i < text.length() - 1; i++) {
      var changed = new StringBuilder(text);
      changed.setCharAt(i, text.charAt(i) == 'A' ? 'B' : 'A');
      if (i + 1 < text.length() && text.charAt(i + 1) != '.') {
        assertThatThrownBy(() -> tokens.verify(changed.toString()))
            .isInstanceOf(NotAuthenticatedException.class);
      }
    }
  }

  @Test
  void nobody_chooses_the_algorithm() {
    var parts = tokens.issue(JO, Duration.ofHours(1)).text().split("\\.", -1);
    var none =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));

    for (var forged :
        new String[] {
          none + "." + parts[1] + ".",
          none + "." + parts[1] + "." + parts[2],
          "",
          ".",
          "..",
          parts[0] + "." + parts[1],
          parts[0] + "." + parts[1] + "."
        }) {
      assertThatThrownBy(() -> tokens.verify(forged)).isInstanceOf(NotAuthenticatedException.class);
    }
  }

  @Test
  void the_token_of_another_node_is_not_taken() {
    var other = new Tokens(new byte[] {3, 2, 1}, clock).issue(JO, Duration.ofHours(1));

    assertThatThrownBy(() -> tokens.verify(other.text()))
        .isInstanceOf(NotAuthenticatedException.class);
  }

  @Test
  void it_holds_for_a_day_at_most() {
    assertThatThrownBy(() -> tokens.issue(JO, Duration.ofDays(2)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
