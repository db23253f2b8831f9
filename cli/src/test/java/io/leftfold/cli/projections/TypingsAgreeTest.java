// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.projections.ProjectionRuntime;
import io.leftfold.projections.ProjectionSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The typings say what the language has: nothing is missing, and nothing is promised that is not
/// there. What they accept and refuse is told by the TypeScript compiler, in `verification/node`.
final class TypingsAgreeTest {

  private static final ProjectionRuntime RUNTIME = ProjectionRuntime.open();

  @TempDir private Path directory;

  @AfterAll
  static void close() {
    RUNTIME.close();
  }

  /// The names that a script gives back by throwing them.
  private static Set<String> thrown(String names) {
    var outcome =
        Outcome.of(
            RUNTIME,
            new ProjectionSource("asking", "throw new Error('<' + " + names + " + '>');"),
            List.of(),
            false);
    var message = outcome.faults().getFirst().fault().message();
    return Arrays.stream(
            message.substring(message.indexOf('<') + 1, message.lastIndexOf('>')).split(","))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> found(String regex, String text) {
    return Pattern.compile(regex, Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String interfaceText(String name) {
    var text = Starter.typings();
    var start = text.indexOf("interface " + name);
    assertThat(start).as(name).isNotNegative();
    return text.substring(start, text.indexOf("\n  }\n", start));
  }

  /// With what it extends.
  private static Set<String> methods(String name) {
    var text = interfaceText(name);
    var methods = found("^    ([\\w$]+)(?:<[^(]*)?\\(", text);
    found("^interface \\w+(?:<\\w+>)? extends (\\w+)", text)
        .forEach(parent -> methods.addAll(methods(parent)));
    return methods;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          FromMany      | fromAll()
          FromMany      | fromCategory('a')
          FromStreams   | fromStream('a')
          FromStreams   | fromStreams('a', 'b')
          When          | fromAll().partitionBy(() => 1)
          WhenOfStreams | fromAll().foreachStream()
          Folded        | fromAll().when()
          Transformed   | fromAll().when().transformBy(() => 1)
          Shown         | fromAll().outputState()
          """)
  void what_may_follow_is_what_the_typings_say(String name, String script) {
    assertThat(methods(name)).isEqualTo(thrown("Object.keys(" + script + ")"));
  }

  @Test
  void the_functions_at_the_top_are_those_of_the_typings() {
    var typed = Starter.typings();
    var split = typed.indexOf("// ---- In handlers");
    var standard = thrown("Object.getOwnPropertyNames(globalThis)");

    assertThat(standard).containsAll(found("^declare function (\\w+)", typed.substring(0, split)));
    assertThat(found("^declare function (\\w+)", typed.substring(0, split)))
        .containsAll(
            standard.stream()
                .filter(name -> name.startsWith("from") || name.startsWith("on_"))
                .toList())
        .contains("options");
  }

  @Test
  void the_options_are_those_of_the_typings() {
    found("^    ([\\w$]+)\\?:", interfaceText("Options"))
        .forEach(option -> {
          var message =
              thrown(
                  "(() => { try { options({ "
                      + option
                      + ": null }) } catch (e) { return e.message } })()");
          assertThat(message.toString()).as(option).doesNotContain("Unrecognized");
        });
  }

  @Test
  void an_event_and_what_handlers_may_call_are_those_of_the_typings() throws IOException {
    var given =
        Files.writeString(
            directory.resolve("given"), "{\"stream\":\"a\",\"type\":\"b\",\"data\":{}}");
    var functions =
        found(
            "^declare function (\\w+)",
            Starter.typings().substring(Starter.typings().indexOf("// ---- In handlers")));
    var outcome =
        Outcome.of(
            RUNTIME,
            new ProjectionSource(
                "asking",
                """
                fromAll().when({ $any(state, event) {
                  for (const name in event) log(name);
                  for (const name of '%s'.split(',')) if (typeof globalThis[name] !== 'function') log('no ' + name);
                } });
                """
                    .formatted(String.join(",", functions))),
            GivenEvents.read(given),
            false);

    assertThat(functions).hasSizeGreaterThan(3);
    assertThat(new TreeSet<>(outcome.logged()))
        .isEqualTo(found("^    readonly (\\w+):", interfaceText("Event<")));
  }
}
