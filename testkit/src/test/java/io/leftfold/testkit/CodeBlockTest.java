// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// Blocks of Markdown are found, and none is overlooked.
final class CodeBlockTest {

  @Test
  void blocks_are_found_in_their_order() {
    var page =
        """
        Some `code`, and

        ```java
        var one = 1;
        ```
        ```
        1
        2
        ```
        """;

    assertThat(CodeBlock.in(page))
        .containsExactly(
            new CodeBlock("java", "var one = 1;\n", 4), new CodeBlock("", "1\n2\n", 7));
  }

  @Test
  void a_fence_that_is_not_understood_is_no_text() {
    assertThatThrownBy(() -> CodeBlock.in("```java title\nvar one = 1;\n```\n"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CodeBlock.in("* so:\n  ```java\n  var one = 1;\n  ```\n"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void an_ellipsis_shows_anything_within_a_line() {
    var shown = new CodeBlock("", "at (…)\nthen … (.)\n", 1);

    assertThat(shown.shows("at (12)\nthen nothing (.)\n")).isTrue();
    assertThat(shown.shows("at (12)\nthen nothing (!)\n")).isFalse();
    assertThat(shown.shows("at (1\n2)\nthen nothing (.)\n")).isFalse();
    assertThat(shown.shows("at (12)\nthen nothing (.)\nand more\n")).isFalse();
  }
}
