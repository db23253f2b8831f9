// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.examples.cart.Visitor.Answer;
import io.leftfold.testkit.CodeBlock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the README shows is in the sources, and what it tells to try comes out as it says.
final class ReadmeTest {

  private static final Pattern WORDS = Pattern.compile("'([^']*)'|(\\S+)");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  /// @param languages as the block begins with; none is a shell
  private static List<String> blocks(String... languages) throws IOException {
    var readme = Files.readString(ShopHttpTest.module().resolve("README.md"));
    return CodeBlock.in(readme).stream()
        .filter(block -> List.of(languages).contains(block.language()))
        .map(CodeBlock::text)
        .toList();
  }

  // ---- what it shows

  @Test
  void what_is_shown_stands_in_the_sources() throws IOException {
    List<String> sources;
    try (var files = Files.walk(ShopHttpTest.module().resolve("src"))) {
      sources =
          files
              .filter(file -> file.toString().matches(".*\\.(java|jte)"))
              .map(ReadmeTest::withoutIndentation)
              .toList();
    }
    assertThat(blocks("java", "html"))
        .hasSize(5)
        .allSatisfy(
            block -> assertThat(sources).anyMatch(source -> source.contains(flat(block)), block));
  }

  private static String withoutIndentation(Path file) {
    try {
      return flat(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String flat(String text) {
    return text.lines().map(String::strip).reduce("", (all, line) -> all + line + "\n");
  }

  // ---- what it tells to try

  @Test
  void what_is_tried_comes_out_as_it_says() throws IOException {
    try (var open = Main.open(TestShop.arguments(directory), Clock.systemUTC());
        var client = HttpClient.newHttpClient()) {
      var visitor = new Visitor(client, open.port());
      var answers = new ArrayList<Answer>();
      var compared = 0;
      for (var block : blocks("")) {
        if (block.startsWith("curl")) {
          block.lines().forEach(line -> answers.add(curl(visitor, line)));
        } else if (!block.startsWith("./leftfold")) {
          assertThat(answers.getLast().text()).contains(block.strip());
          compared++;
        }
      }
      assertThat(compared).isEqualTo(7);
    }
  }

  /// As curl would send it.
  private static Answer curl(Visitor visitor, String line) {
    var words = new ArrayList<>(WORDS.matcher(line).results().map(ReadmeTest::word).toList());
    assertThat(words.removeFirst()).isEqualTo("curl");
    var path = words.removeFirst().replace("localhost:8080", "");
    var fields = new ArrayList<String>();
    while (!words.isEmpty()) {
      assertThat(words.removeFirst()).as(line).isEqualTo("-d");
      fields.addAll(List.of(words.removeFirst().split("=", 2)));
    }
    return fields.isEmpty() ? visitor.get(path) : visitor.post(path, fields.toArray(String[]::new));
  }

  private static String word(MatchResult found) {
    return found.group(1) == null ? found.group(2) : found.group(1);
  }
}
