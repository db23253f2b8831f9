// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExpressionTest {

  private static final List<String> NAMES =
      List.of(
          "",
          "a",
          "b",
          "ab",
          "aab",
          "abb",
          "ba",
          "$a",
          "$",
          "order-1",
          "order-test-1",
          "order-",
          "Opened",
          "a-b",
          "a.b",
          "PersistentConfig1",
          "Result",
          "Results",
          "$>",
          "x$",
          "()",
          "a|b");

  /// Java's expressions know look-ahead, so they say what is meant.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "^(?!(a$|b$))",
        "^(?!a$|b$)",
        "^(?!\\$).*",
        "^[^\\$].*",
        "^(?!(\\$.+$|PersistentConfig\\d+$|Result$))",
        "^order-(?!test-)",
        "^order\\-(?!test-).*\\d$",
        "^a\\.(?!x)b",
        "^(?!a)(?!b)",
        "^(?!a)(?=.*b)",
        "^(?=.*b)(?!.*\\$).+",
        "^(?!.*(a|b)).*$",
        "^(?!)",
        "^(?=)",
        "^(?![)a])",
        "^(?![]a])",
        "^(?![^a\\]])b?",
        "^(?!\\Q(a\\E)",
        "^(?!(?:a(b|(c)))$)a",
        "(a|b)+$",
        "^ab?",
        "^a{2}b",
        "^a|b$",
        "\\(\\)",
        "^$",
        ""
      })
  void it_is_found_where_java_finds_it(String regex) {
    var expression = Expression.compile(regex);
    var java = Pattern.compile(regex);

    assertThat(NAMES)
        .allSatisfy(name ->
            assertThat(expression.isFoundIn(name))
                .as("%s in \"%s\"", regex, name)
                .isEqualTo(java.matcher(name).find()));
  }

  @ParameterizedTest(name = "{0} begins with \"{1}\"")
  @CsvSource(
      textBlock =
          """
          ^order-,         order-
          ^order-\\d+$,    order-
          ^order\\-(?!a),  order-
          ^orders?-,       order
          ^a+b,            ''
          ^(?!a),          ''
          order-,          ''
          ^a|b,            ''
          ^[a]b,           ''
          ^a(b|c),         a
          ^\\w,            ''
          ^\\$ce-,         $ce-
          """)
  void what_it_must_begin_with_is_known(String regex, String prefix) {
    assertThat(Expression.compile(regex).literalPrefix()).isEqualTo(prefix);
  }

  /// A prefix that is claimed wrongly would lose events.
  @Test
  void everything_it_is_found_in_begins_with_its_prefix() {
    var random = new Random(7);
    var parts = List.of("a", "b", "-", "\\-", "\\.", ".", "?", "*", "+", "(a)", "|", "[ab]", "{2}");
    var compiled = 0;
    for (var i = 0; i < 20_000; i++) {
      var regex = new StringBuilder("^");
      for (var j = random.nextInt(6); j >= 0; j--) {
        regex.append(parts.get(random.nextInt(parts.size())));
      }
      Expression expression;
      try {
        expression = Expression.compile(regex.toString());
      } catch (IllegalArgumentException _) {
        continue;
      }
      compiled++;
      for (var name : List.of("a", "b", "ab", "a-", "a-b", "-a", "aa", "ba", "a.b", "aab-")) {
        if (expression.isFoundIn(name)) {
          assertThat(name).as("%s", regex).startsWith(expression.literalPrefix());
        }
      }
    }
    assertThat(compiled).isGreaterThan(5_000);
  }

  static Stream<String> refused() {
    return Stream.of(
        "(",
        ")",
        "[",
        "a**",
        "(a)\\1",
        "(?<=a)b",
        "(?<!a)b",
        "(?>a)",
        "a(?!b)c*(?!d)",
        "(?!a)b",
        "(?=a)",
        "^a*(?!b)",
        "^(?!a)|b",
        "b|^(?!a)",
        "^((?!a)b)",
        "^(?!(?!a)b)",
        "^(?!a)*",
        "^(?!a){2}",
        "^(?!a",
        "x{1001}",
        "((x{1000}){1000}){1000}",
        "(((((x?){99}){99}){99}){99}){99}",
        "(x{999,1000}){5}",
        "(?:(?:a{0,100}){0,100}){0,100}",
        "x".repeat(4_097),
        "(".repeat(2_000) + ")".repeat(2_000),
        "(".repeat(4_096),
        "(?:a|".repeat(700) + ")".repeat(500),
        "a{999999999}",
        "\\pL{1000}".repeat(5));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void what_cannot_be_used_is_refused_and_named(String regex) {
    assertThatThrownBy(() -> Expression.compile(regex))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The expression ")
        .hasMessageContaining(" cannot be used: ")
        .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(400));
  }

  /// Java would go back and forth over these for longer than anybody waits.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+$",
        "^(a|a)*$",
        "(a*)*b",
        "(.*)(.*)(.*)(.*)[^a]$",
        "^(?!(a+)+$).*b",
        "(a?){50}b"
      })
  void nothing_makes_it_go_back_and_forth(String regex) {
    var expression = Expression.compile(regex);
    var name = "a".repeat(4_000) + "!";

    assertThat(expression.isFoundIn(name)).isEqualTo(regex.endsWith("[^a]$"));
    assertThat(expression.steps(name)).isLessThan(2_000L * 4_002);
  }

  @Test
  void whatever_is_thrown_at_it_it_compiles_or_refuses() {
    var random = new Random(11);
    var alphabet =
        "()[]{}*+?|^$\\.,-:=!<>PpQExidwbBzAZ0123456789aé\u0000\uD83D\uDE00".toCharArray();
    for (var i = 0; i < 50_000; i++) {
      var regex = new StringBuilder();
      for (var j = random.nextInt(24); j >= 0; j--) {
        regex.append(alphabet[random.nextInt(alphabet.length)]);
      }
      try {
        Expression.compile(regex.toString()).isFoundIn("a-1é{}");
      } catch (IllegalArgumentException refusal) {
        assertThat(refusal.getMessage()).startsWith("The expression ");
      }
    }
  }
}
