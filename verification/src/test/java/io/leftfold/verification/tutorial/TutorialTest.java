// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.tutorial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the tutorial shows compiles, runs, and prints what it says; and if it did not, this would
/// be noticed.
final class TutorialTest {

  private static final int PAGES = 7;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Test
  void the_tutorial_does_what_it_says() throws IOException {
    try (var server = TestServer.inMemory()) {
      var pages = pages();
      assertThat(pages).hasSize(PAGES).noneMatch(page -> page.steps().isEmpty());
      new Programme(pages).check(directory, "127.0.0.1:" + server.port());
    }
  }

  private static List<Page> pages() throws IOException {
    var here = Path.of("").toAbsolutePath();
    var project = Files.exists(here.resolve("mvnw")) ? here : here.resolve("..");
    try (var files = Files.list(project.resolve("docs/tutorial"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("\\d.*\\.md"))
          .sorted()
          .map(TutorialTest::page)
          .toList();
    }
  }

  private static Page page(Path file) {
    try {
      return Page.of(file.getFileName().toString(), Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- of pages that are made up

  private static final String PAGE =
      """
      ```java
      static int answer() {
        return 41;
      }
      ```
      ```java
      IO.println("The answer is " + answer());
      ```
      ```
      The answer is 42
      ```
      ```java
      IO.println("Nobody says that this is printed");
      ```
      """;

  private void check(String page) {
    new Programme(List.of(Page.of("made up", page))).check(directory, "127.0.0.1:1");
  }

  @Test
  void a_page_that_shows_something_else_than_is_printed_or_nothing_is_noticed() {
    assertThatThrownBy(() -> check(PAGE))
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll("made up:7", "The answer is 41")
        .hasMessageContainingAll("made up:13", "Nobody says that this is printed");
  }

  @Test
  void a_page_that_does_not_compile_is_noticed() {
    assertThatThrownBy(() -> check(PAGE.replace("41", "true")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("incompatible types");
  }
}
