// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry.compatibility;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonCompatibilityTest {

  private static final String NAME = "{properties: {name: {type: string}}}";
  private static final String NAME_REQUIRED =
      "{properties: {name: {type: string}}, required: [name]}";

  private static Arguments row(
      String what, String older, String newer, String backward, String forward) {
    return Arguments.of(what, older, newer, backward, forward);
  }

  /// What changes, from what to what, and what is found: kinds and places.
  static Stream<Arguments> changes() {
    return Stream.of(
        row("nothing", NAME_REQUIRED, NAME_REQUIRED, "", ""),
        row("an optional property comes", "{properties: {}}", NAME, "", ""),
        row("the whole says what it is", "{}", NAME, "", ""),
        row("an optional property goes", NAME, "{properties: {}}", "", ""),
        row(
            "a required property comes",
            "{properties: {}}",
            NAME_REQUIRED,
            "NEW_REQUIRED_PROPERTY #/name",
            "NEW_REQUIRED_PROPERTY #/name"),
        row(
            "a required property goes",
            NAME_REQUIRED,
            "{properties: {}}",
            "MISSING_REQUIRED_PROPERTY #/name",
            "REMOVED_PROPERTY #/name"),
        row("optional to required", NAME, NAME_REQUIRED, "OPTIONAL_TO_REQUIRED #/name", ""),
        row("required to optional", NAME_REQUIRED, NAME, "", "MISSING_REQUIRED_PROPERTY #/name"),
        row(
            "another type",
            NAME,
            "{properties: {name: {type: integer}}}",
            "INCOMPATIBLE_TYPE_CHANGE #/name string integer",
            "INCOMPATIBLE_TYPE_CHANGE #/name string integer"),
        row(
            "a wider type",
            "{properties: {n: {type: integer}}}",
            "{properties: {n: {type: number}}}",
            "INCOMPATIBLE_TYPE_CHANGE #/n integer number",
            "INCOMPATIBLE_TYPE_CHANGE #/n integer number"),
        row(
            "types in another order",
            "{properties: {n: {type: [string, null]}}}",
            "{properties: {n: {type: [null, string]}}}",
            "",
            ""),
        row(
            "null is allowed too",
            "{properties: {n: {type: string}}}",
            "{properties: {n: {type: [string, null]}}}",
            "INCOMPATIBLE_TYPE_CHANGE #/n string null|string",
            "INCOMPATIBLE_TYPE_CHANGE #/n string null|string"),
        row(
            "the whole has another type",
            "{type: object}",
            "{type: array}",
            "INCOMPATIBLE_TYPE_CHANGE # object array",
            "INCOMPATIBLE_TYPE_CHANGE # object array"),
        row(
            "within an object",
            "{properties: {to: {type: object, properties: {zip: {type: string}}}}}",
            "{properties: {to: {type: object, properties: {zip: {type: integer}}, required: [zip, x]}}}",
            "INCOMPATIBLE_TYPE_CHANGE #/to/zip string integer, OPTIONAL_TO_REQUIRED #/to/zip, NEW_REQUIRED_PROPERTY #/to/x",
            "INCOMPATIBLE_TYPE_CHANGE #/to/zip string integer, NEW_REQUIRED_PROPERTY #/to/x"),
        row(
            "within an object that does not say that it is one",
            "{properties: {to: {properties: {zip: {type: string}}}}}",
            "{properties: {to: {type: object, properties: {zip: {type: integer}}}}}",
            "INCOMPATIBLE_TYPE_CHANGE #/to/zip string integer",
            "INCOMPATIBLE_TYPE_CHANGE #/to/zip string integer"),
        row(
            "items have another type",
            "{properties: {all: {type: array, items: {type: string}}}}",
            "{properties: {all: {type: array, items: {type: integer}}}}",
            "ARRAY_TYPE_INCOMPATIBILITY #/all string integer",
            "ARRAY_TYPE_INCOMPATIBILITY #/all string integer"),
        row(
            "items get a type",
            "{properties: {all: {type: array}}}",
            "{properties: {all: {type: array, items: {type: integer}}}}",
            "ARRAY_TYPE_INCOMPATIBILITY #/all any integer",
            "ARRAY_TYPE_INCOMPATIBILITY #/all any integer"),
        row(
            "within items",
            "{properties: {all: {type: array, items: {type: object, properties: {}}}}}",
            "{properties: {all: {type: array, items: {type: object, properties: {a: {}}, required: [a]}}}}",
            "NEW_REQUIRED_PROPERTY #/all/items/a",
            "NEW_REQUIRED_PROPERTY #/all/items/a"),
        row(
            "items of items",
            "{type: array, items: {type: array, items: {type: string}}}",
            "{type: array, items: {type: array, items: {type: boolean}}}",
            "ARRAY_TYPE_INCOMPATIBILITY #/items string boolean",
            "ARRAY_TYPE_INCOMPATIBILITY #/items string boolean"),
        row(
            "what is referred to",
            "{properties: {to: {$ref: '#/$defs/to'}}, $defs: {to: {properties: {zip: {type: string}}}}}",
            "{properties: {to: {properties: {zip: {type: integer}}}}}",
            "INCOMPATIBLE_TYPE_CHANGE #/to/zip string integer",
            "INCOMPATIBLE_TYPE_CHANGE #/to/zip string integer"),
        row(
            "what is in a circle",
            "{properties: {next: {$ref: '#'}, n: {type: string}}}",
            "{properties: {next: {$ref: '#'}, n: {type: integer}}}",
            "INCOMPATIBLE_TYPE_CHANGE #/n string integer",
            "INCOMPATIBLE_TYPE_CHANGE #/n string integer"),
        row(
            "references in a circle",
            "{$ref: '#/a', a: {$ref: '#/b'}, b: {$ref: '#/a'}}",
            "{$ref: '#/a', a: {$ref: '#/b'}, b: {$ref: '#/a'}}",
            "",
            ""),
        row(
            "references elsewhere",
            "{properties: {a: {$ref: 'https://example.org/a'}, b: {$ref: '#anchor'}}}",
            "{properties: {a: {$ref: 'https://example.org/b'}, b: {$ref: '#anchor'}}}",
            "INCOMPATIBLE_TYPE_CHANGE #/a $ref https://example.org/a $ref https://example.org/b",
            "INCOMPATIBLE_TYPE_CHANGE #/a $ref https://example.org/a $ref https://example.org/b"),
        row(
            "names with a slash",
            "{properties: {'a/b~c': {type: string}}}",
            "{properties: {'a/b~c': {type: integer}}}",
            "INCOMPATIBLE_TYPE_CHANGE #/a~1b~0c string integer",
            "INCOMPATIBLE_TYPE_CHANGE #/a~1b~0c string integer"),
        row(
            "anything and nothing",
            "{properties: {a: true, b: {}}}",
            "{properties: {a: {}, b: false}}",
            "INCOMPATIBLE_TYPE_CHANGE #/b any nothing",
            "INCOMPATIBLE_TYPE_CHANGE #/b any nothing"),
        row(
            "what is not compared",
            "{properties: {a: {type: string, enum: [x], maxLength: 1}}, allOf: [{type: object}]}",
            "{properties: {a: {type: string, pattern: y}}, additionalProperties: false}",
            "",
            ""),
        row("nonsense", "{properties: 5, required: x, items: [1]}", "{items: [2]}", "", ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  void what_stands_against_a_change_is_found(
      String what, String older, String newer, String backward, String forward) {
    var before = schema(older);
    var after = schema(newer);

    assertThat(found(CompatibilityMode.BACKWARD, before, after)).as(what).isEqualTo(backward);
    assertThat(found(CompatibilityMode.FORWARD, before, after)).as(what).isEqualTo(forward);
    assertThat(found(CompatibilityMode.FULL, before, after))
        .as(what)
        .isEqualTo(backward.isEmpty() ? forward : backward);
    assertThat(found(CompatibilityMode.NONE, before, after)).isEmpty();
  }

  private static String found(CompatibilityMode mode, JsonSchema older, JsonSchema newer) {
    return JsonCompatibility.between(mode, older, newer).stream()
        .map(found ->
            Stream.of(
                    found.kind().name(),
                    found.path(),
                    found.originalType().orElse(""),
                    found.newType().orElse(""))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(" ")))
        .collect(Collectors.joining(", "));
  }

  /// Of JSON without most of its quotation marks.
  private static JsonSchema schema(String lax) {
    var quoted =
        lax.contains("'")
            ? lax.replaceAll("(?<![\\w'#/.:$~])(\\$?[a-zA-Z]\\w*)(?=[:,}\\]])(?!')", "\"$1\"")
                .replace('\'', '"')
            : lax.replaceAll("(\\$?[a-zA-Z]\\w*)", "\"$1\"");
    return parse(quoted.replaceAll("\"(true|false)\"", "$1"));
  }

  private static JsonSchema parse(String json) {
    return JsonSchema.parse(json.getBytes(UTF_8));
  }

  // ---- hostile

  @ParameterizedTest
  @ValueSource(
      strings = {"", "nonsense", "[]", "5", "\"text\"", "true", "{", "{} {}", "{\"a\":1,\"a\":2}"})
  void what_is_no_object_is_refused(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("A JSON schema is");
  }

  @Test
  void what_is_no_text_is_refused() {
    assertThatThrownBy(
            () -> JsonSchema.parse(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void what_is_nested_too_deep_is_refused() {
    assertThatThrownBy(() -> parse("{\"a\":".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nested");
    assertThat(parse("{\"a\":".repeat(99) + "1" + "}".repeat(99))).isNotNull();
  }

  /// A circle of references that is `length` objects long.
  private static JsonSchema circle(int length) {
    return parse(
        IntStream.range(0, length)
            .mapToObj(i ->
                "\"s%d\":{\"properties\":{\"next\":{\"$ref\":\"#/s%d\"}}}"
                    .formatted(i, (i + 1) % length))
            .collect(Collectors.joining(",", "{\"$ref\":\"#/s0\",", "}")));
  }

  /// They meet again after 997 · 1009 steps.
  @Test
  void circles_that_hardly_ever_meet_end() {
    assertThatThrownBy(
            () -> JsonCompatibility.between(CompatibilityMode.BACKWARD, circle(997), circle(1009)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("levels deep");
    assertThat(JsonCompatibility.between(CompatibilityMode.FULL, circle(3), circle(4))).isEmpty();
  }

  /// Each level doubles the ways to the next.
  @Test
  void ways_that_double_are_walked_once() {
    var levels =
        IntStream.range(0, 60)
            .mapToObj(i ->
                "\"s%d\":{\"properties\":{\"a\":{\"$ref\":\"#/s%d\"},\"b\":{\"$ref\":\"#/s%d\"}}}"
                    .formatted(i, i + 1, i + 1))
            .collect(Collectors.joining(",", "{\"$ref\":\"#/s0\",", ",\"s60\":{}}"));

    assertThat(JsonCompatibility.between(CompatibilityMode.FULL, parse(levels), parse(levels)))
        .isEmpty();
  }

  /// Each of 32 large parts is compared with each of 32.
  @Test
  void a_comparison_that_takes_too_many_steps_is_given_up() {
    var older = parts(i -> i % 32);
    var newer = parts(i -> i / 32);

    assertThatThrownBy(() -> JsonCompatibility.between(CompatibilityMode.BACKWARD, older, newer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("steps");
  }

  private static JsonSchema parts(IntUnaryOperator part) {
    var required =
        IntStream.range(0, 600).mapToObj(i -> "\"r" + i + "\"").collect(Collectors.joining(","));
    var properties =
        IntStream.range(0, 1024)
            .mapToObj(i -> "\"p%d\":{\"$ref\":\"#/s%d\"}".formatted(i, part.applyAsInt(i)))
            .collect(Collectors.joining(","));
    var parts =
        IntStream.range(0, 32)
            .mapToObj(i -> "\"s%d\":{\"required\":[%s]}".formatted(i, required))
            .collect(Collectors.joining(","));
    return parse("{\"properties\":{%s},%s}".formatted(properties, parts));
  }

  @Test
  void a_hundred_things_are_told_and_long_names_cut() {
    var longName = "n".repeat(5_000);
    var required =
        IntStream.range(0, 300)
            .mapToObj(i -> "\"%s%d\"".formatted(longName, i))
            .collect(Collectors.joining(","));

    var found =
        JsonCompatibility.between(
            CompatibilityMode.BACKWARD,
            parse("{}"),
            parse("{\"required\":[%s]}".formatted(required)));

    assertThat(found)
        .hasSize(100)
        .allSatisfy(one -> assertThat(one.path().length()).isLessThan(600));
    assertThat(found)
        .extracting(Incompatibility::kind)
        .containsOnly(Incompatibility.Kind.NEW_REQUIRED_PROPERTY);
  }
}
