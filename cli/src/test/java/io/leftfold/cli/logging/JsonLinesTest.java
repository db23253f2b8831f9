// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class JsonLinesTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static LogRecord record(String message, Object... parameters) {
    var record = new LogRecord(Level.WARNING, message);
    record.setLoggerName("io.leftfold.test");
    record.setInstant(Instant.parse("2026-07-17T14:02:00.5Z"));
    record.setParameters(parameters);
    return record;
  }

  private static JsonNode formatted(LogRecord record) {
    var line = new JsonLines().format(record);
    assertThat(line).endsWith("\n");
    assertThat(line.strip()).as("one line").doesNotContain("\n", "\r");
    return JSON.readTree(line);
  }

  @Test
  void a_message_is_one_object_on_one_line() {
    var json = formatted(record("Two\nlines of {0}", "\"text\" \u001b[0m"));

    assertThat(json.get("time").asString()).isEqualTo("2026-07-17T14:02:00.500Z");
    assertThat(json.get("level").asString()).isEqualTo("warn");
    assertThat(json.get("logger").asString()).isEqualTo("io.leftfold.test");
    assertThat(json.get("thread").asString()).isEqualTo(Thread.currentThread().getName());
    assertThat(json.get("message").asString()).isEqualTo("Two\nlines of \"text\" \u001b[0m");
    assertThat(json.has("error")).isFalse();
  }

  @Test
  void fields_of_a_message_are_fields_and_take_no_others_place() {
    var fields =
        new TreeMap<String, Object>(
            Map.of("sync_ms", 12.5, "events", 3L, "outcome", "ok", "level", "forged"));

    var json = formatted(record("Slow {0}: {1}", "append", fields));

    assertThat(json.get("sync_ms").asDouble()).isEqualTo(12.5);
    assertThat(json.get("events").asLong()).isEqualTo(3);
    assertThat(json.get("outcome").asString()).isEqualTo("ok");
    assertThat(json.get("level").asString()).isEqualTo("warn");
    assertThat(json.get("message").asString()).startsWith("Slow append: {");
  }

  @Test
  void an_error_is_told_with_where_it_came_up() {
    var record = record("It failed");
    record.setThrown(new IllegalStateException("no \"disk\""));

    assertThat(formatted(record).get("error").asString())
        .contains("IllegalStateException: no \"disk\"", "JsonLinesTest");
  }

  @Test
  void a_message_that_is_no_pattern_is_told_as_it_is() {
    assertThat(formatted(record("{x} {", "y")).get("message").asString()).isEqualTo("{x} {");
  }
}
