// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.examples.bank.Requests.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What `/openapi.json` says of answers: every answer that a test gets is one of those, has the
/// fields that it is to have, and no other.
final class Described {

  private static final JsonNode DOCUMENT = document();

  /// Those that say something of what is valid, as far as they are understood here.
  private static final Set<String> UNDERSTOOD =
      Set.of("$ref", "type", "enum", "required", "properties", "items", "pattern", "minimum");

  /// Those that say nothing of it, or that no answer of the bank has.
  private static final Set<String> PASSED_OVER =
      Set.of("description", "example", "format", "maximum", "minLength", "maxLength");

  private Described() {}

  private static JsonNode document() {
    try (var document = BankHttp.class.getResourceAsStream("openapi.json")) {
      return JsonMapper.shared().readTree(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Checks an answer. What there is no route for has no description.
  ///
  /// @param path without parameters
  static void check(String method, String path, Answer answer) {
    var route = method.toLowerCase(Locale.ROOT);
    DOCUMENT.get("paths").properties().stream()
        .filter(described -> isOf(described.getKey(), path) && described.getValue().has(route))
        .forEach(described -> check(described.getValue().get(route), answer));
  }

  private static boolean isOf(String template, String path) {
    var names = template.split("/", -1);
    var segments = path.split("/", -1);
    return names.length == segments.length
        && IntStream.range(0, names.length)
            .allMatch(i -> names[i].startsWith("{") || names[i].equals(segments[i]));
  }

  private static void check(JsonNode operation, Answer answer) {
    var what = "%s answers %s".formatted(operation.get("operationId"), answer);
    var responses = operation.get("responses");
    assertThat(responses.propertyNames()).as(what).contains("" + answer.status());
    var content = resolved(responses.get("" + answer.status())).get("content");
    assertThat(content.propertyNames()).as(what).contains(answer.type());
    check(content.get(answer.type()).get("schema"), answer.body(), what);
  }

  private static JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? DOCUMENT.at(node.get("$ref").stringValue().substring(1)) : node;
  }

  /// @param where the value stands
  private static void check(JsonNode reference, JsonNode value, String where) {
    var schema = resolved(reference);
    assertThat(schema.propertyNames())
        .as("what is said of %s", where)
        .allMatch(word -> UNDERSTOOD.contains(word) || PASSED_OVER.contains(word));
    if (schema.has("type")) {
      assertThat(types(schema.get("type"))).as(where).anyMatch(type -> isOfType(type, value));
    }
    if (schema.has("enum")) {
      assertThat(schema.get("enum").valueStream()).as(where).contains(value);
    }
    if (schema.has("pattern") && value.isString()) {
      assertThat(value.stringValue())
          .as(where)
          .containsPattern(schema.get("pattern").stringValue());
    }
    if (schema.has("minimum")) {
      assertThat(value.longValue())
          .as(where)
          .isGreaterThanOrEqualTo(schema.get("minimum").longValue());
    }
    if (schema.has("items")) {
      value.valueStream().forEach(item -> check(schema.get("items"), item, where + ", in it"));
    }
    if (schema.has("properties") && value.isObject()) {
      var properties = schema.get("properties");
      var required = schema.path("required").valueStream().map(JsonNode::stringValue).toList();
      assertThat(value.propertyNames()).as(where).containsAll(required).allMatch(properties::has);
      value
          .properties()
          .forEach(field ->
              check(
                  properties.get(field.getKey()),
                  field.getValue(),
                  "%s, %s".formatted(where, field.getKey())));
    }
  }

  private static Stream<String> types(JsonNode type) {
    return type.isArray()
        ? type.valueStream().map(JsonNode::stringValue)
        : Stream.of(type.stringValue());
  }

  private static boolean isOfType(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isString();
      case "integer" -> value.isIntegralNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> throw new AssertionError("Nobody here knows the type " + type);
    };
  }
}
