// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.examples.bank.Requests.Answer;
import io.leftfold.testkit.CodeBlock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the README shows is in the sources, and what it tells to try comes out as it says.
final class ReadmeTest {

  private static final String JAVA = "java";
  private static final String SHELL = "";
  private static final Pattern WORDS = Pattern.compile("'([^']*)'|(\\S+)");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  /// Of this module, wherever the tests are started.
  private static Path module() {
    var here = Path.of("").toAbsolutePath();
    return here.endsWith("bank-account") ? here : here.resolve("examples/bank-account");
  }

  private static List<String> blocks(String language) throws IOException {
    return CodeBlock.in(Files.readString(module().resolve("README.md"))).stream()
        .filter(block -> block.language().equals(language))
        .map(CodeBlock::text)
        .toList();
  }

  // ---- what it shows

  @Test
  void what_is_shown_stands_in_the_sources() throws IOException {
    List<String> sources;
    try (var files = Files.walk(module().resolve("src"))) {
      sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .map(ReadmeTest::withoutIndentation)
              .toList();
    }
    assertThat(blocks(JAVA))
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
    var arguments = TestBank.arguments(directory);
    try (var open = Main.open(arguments, Clock.systemUTC());
        var client = HttpClient.newHttpClient()) {
      var bank = new Requests(client, open.port());
      var answers = new ArrayList<Answer>();
      var compared = 0;
      for (var block : blocks(SHELL)) {
        if (block.startsWith("curl")) {
          block.lines().forEach(line -> answers.add(curl(bank, line, answers)));
        } else if (block.startsWith("{")) {
          isLike(JsonMapper.shared().readTree(block), answers.getLast().body());
          compared++;
        }
      }
      assertThat(compared).isEqualTo(13);
    }
  }

  /// As curl would send it.
  private static Answer curl(Requests bank, String line, List<Answer> before) {
    var words = new ArrayList<>(WORDS.matcher(line).results().map(ReadmeTest::word).toList());
    assertThat(words.removeFirst()).isEqualTo("curl");
    var method = option(words, "-X");
    var key = option(words, "-H");
    var json = option(words, "--json");
    assertThat(words).as(line).hasSize(1);
    var path = words.getFirst().replace("localhost:8080", "");
    if (path.contains("$payment")) {
      path = path.replace("$payment", payment(before));
    }
    var request = bank.at(path);
    if (key != null) {
      request.header("Idempotency-Key", key.replace("Idempotency-Key: ", ""));
    }
    if (json != null) {
      request.header("Content-Type", "application/json");
    }
    var body = json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json);
    var usual = json == null ? "GET" : "POST";
    return bank.send(request.method(method == null ? usual : method, body));
  }

  private static String payment(List<Answer> answers) {
    return answers.reversed().stream()
        .filter(answer -> answer.body().has("payment"))
        .findFirst()
        .orElseThrow()
        .text("payment");
  }

  private static String word(MatchResult found) {
    return found.group(1) == null ? found.group(2) : found.group(1);
  }

  private static @Nullable String option(List<String> words, String name) {
    var place = words.indexOf(name);
    if (place < 0) {
      return null;
    }
    words.remove(place);
    return words.remove(place);
  }

  private static void isLike(JsonNode shown, JsonNode actual) {
    var same =
        shown.isObject()
            && actual.isObject()
            && Set.copyOf(shown.propertyNames()).equals(Set.copyOf(actual.propertyNames()));
    if (same) {
      shown.properties().forEach(field -> isLike(field.getValue(), actual.get(field.getKey())));
    } else if (!shown.isString() || !shown.stringValue().equals(CodeBlock.ANYTHING)) {
      assertThat(actual).isEqualTo(shown);
    }
  }
}
