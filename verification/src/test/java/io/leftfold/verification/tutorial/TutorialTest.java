// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.tutorial;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the tutorial shows compiles, runs, and prints what it says; and if it did not, this would
/// be noticed.
final class TutorialTest {

  private static final int PAGES = 7;
  private static final Pattern SHELL = Pattern.compile("(?s)```sh\n(.*?)\n```");
  private static final Pattern LIBRARY = Pattern.compile("\\bleftfold-[a-z]+\\b");

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

  /// But for installing: Maven looks whether all that is to be built is there, and builds nothing.
  @Test
  void what_it_needs_is_built_as_it_says() throws Exception {
    var readme = Files.readString(project().resolve("docs/tutorial/README.md"));
    var command = SHELL.matcher(readme).results().map(block -> block.group(1)).toList();
    assertThat(command).singleElement().asString().endsWith(" install");

    var words = command.getFirst().replace(" -q ", " -o ").replace(" install", " validate");
    var process =
        new ProcessBuilder(words.split(" ", -1))
            .directory(project().toFile())
            .redirectErrorStream(true)
            .start();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).as(said).isZero();
    var needed = LIBRARY.matcher(readme).results().map(name -> name.group()).toList();
    assertThat(needed).hasSize(5).allSatisfy(name -> assertThat(said).contains(":" + name + " >"));
  }

  private static Path project() {
    var here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("mvnw")) ? here : here.resolve("..").normalize();
  }

  private static List<Page> pages() throws IOException {
    try (var files = Files.list(project().resolve("docs/tutorial"))) {
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
