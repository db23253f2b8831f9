// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.testkit.CodeBlock;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the README shows is in the sources, and what it tells to try comes out as it says.
final class ReadmeTest {

  private static final String JAVA = "java";
  private static final String SHELL = "";
  private static final String END = "---- behind a block";
  private static final JsonMapper JSON = JsonMapper.shared();

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
        .hasSize(6)
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

  /// The commands go to a shell as they stand there. That somebody else may have the port that they
  /// name is curl's to get around: its configuration leads it to another.
  @Test
  @EnabledIf("thereIsCurl")
  void what_is_tried_comes_out_as_it_says() throws Exception {
    try (var open = Main.open(TestBank.arguments(directory), Clock.systemUTC())) {
      Files.writeString(
          directory.resolve(".curlrc"),
          "connect-to = \"localhost:8080:127.0.0.1:%d\"%nnoproxy = \"localhost\"%n"
              .formatted(open.port()));
      var blocks = blocks(SHELL).stream().filter(block -> !block.startsWith("./leftfold")).toList();
      var said = said(blocks);
      var compared = 0;
      for (var i = 0; i < blocks.size(); i++) {
        if (blocks.get(i).startsWith("{")) {
          isLike(JSON.readTree(blocks.get(i)), answers(said.get(i - 1)).getLast());
          compared++;
        }
      }
      assertThat(compared).isEqualTo(14);
    }
  }

  static boolean thereIsCurl() {
    return System.getenv("CI") != null
        || Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "curl")));
  }

  /// What a shell says to each block, an answer to nothing.
  private List<String> said(List<String> blocks) throws IOException, InterruptedException {
    var script = new StringBuilder();
    for (var block : blocks) {
      script
          .append(block.startsWith("{") ? "" : block)
          .append("\necho '")
          .append(END)
          .append("'\n");
    }
    var file = Files.writeString(directory.resolve("try.sh"), script);
    var builder =
        new ProcessBuilder("bash", "-e", "-o", "pipefail", file.toString())
            .directory(directory.toFile())
            .redirectError(directory.resolve("errors").toFile());
    builder.environment().put("CURL_HOME", directory.toString());
    var shell = builder.start();
    var said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor())
        .as("%s%n%s", said, Files.readString(directory.resolve("errors")))
        .isZero();
    return List.of(said.split(END, -1));
  }

  /// The answers to a block of commands, which stand behind one another.
  private static List<JsonNode> answers(String said) {
    try (var values = JSON.readerFor(JsonNode.class).<JsonNode>readValues(said)) {
      return values.readAll();
    }
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
