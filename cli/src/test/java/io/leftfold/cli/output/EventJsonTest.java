// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventJsonTest {

  private static final UUID ID = new UUID(1, 2);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "true",
        "false",
        "0",
        "-1",
        "12345678901234567890123456789",
        "1.50e+10",
        "\"\"",
        "\"a\\u0000b\"",
        "{ \"b\" : 1 , \"a\" : [ ] }",
        "{\"a\":1,\"a\":2}",
        "\"ü日🎈\"",
        "[[[[[]]]]]"
      })
  void json_on_one_line_is_embedded_as_it_stands(String json) throws MalformedLineException {
    var line = line(utf8(json));
    assertThat(line).contains("\"data\":" + json).endsWith("}\n");
    assertThat(EventJson.parse(utf8(line.strip()), Optional::empty).event().data())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\n}",
        "1\r",
        " 1",
        "1 ",
        "1\t",
        "{",
        "{}{}",
        "01",
        "'a'",
        "NaN",
        "// comment",
        "text",
        "\uFEFF1",
        "\"raw \u0001 control\"",
        "[1,]"
      })
  void anything_else_is_base64(String data) throws MalformedLineException {
    var line = line(utf8(data));
    assertThat(line).contains("\"dataBase64\":").endsWith("}\n").hasLineCount(1);
    assertThat(EventJson.parse(utf8(line.strip()), Optional::empty).event().data())
        .isEqualTo(utf8(data));
  }

  @Test
  void invalid_utf8_is_base64() {
    assertThat(EventJson.isEmbeddable(new byte[] {'"', (byte) 0xc3, '"'})).isFalse();
    assertThat(EventJson.isEmbeddable(new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'}))
        .isFalse();
  }

  @Test
  void json_nested_too_deep_to_be_embedded_still_comes_back() throws MalformedLineException {
    for (var depth : List.of(499, 500, 501, 999, 5000)) {
      var data = utf8("[".repeat(depth) + "]".repeat(depth));
      var line = line(data).strip();
      assertThat(EventJson.parse(utf8(line), Optional::empty).event().data())
          .as("depth %d", depth)
          .isEqualTo(data);
    }
  }

  @Test
  void no_data_is_no_field() throws MalformedLineException {
    var line = line(new byte[0]);
    assertThat(line).doesNotContain("data");
    assertThat(EventJson.parse(utf8(line), Optional::empty).event().data()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|A line is one JSON object, this one is not",
        "{} {}|More follows behind the JSON object",
        "{\"stream\":|It is not JSON",
        "{\"stream\":7}|Field \"stream\" is a text",
        "{\"type\":\"T\",\"id\":\"00000000-0000-0001-0000-000000000002\"}|Field \"stream\" is missing",
        "{\"stream\":\"s\",\"id\":\"00000000-0000-0001-0000-000000000002\"}|Field \"type\" is missing",
        "{\"stream\":\"s\",\"type\":\"T\"}|Field \"id\" is missing",
        "{\"stream\":\"s\",\"type\":\"T\",\"id\":\"1-1-1-1-1\"}|Field \"id\" is a UUID, got \"1-1-1-1-1\"",
        "{\"stream\":\"s\",\"type\":\"T\",\"id\":\"x\"}|Field \"id\" is a UUID, got \"x\"",
        "{\"stream\":\"s\",\"stream\":\"t\"}|Field \"stream\" is there twice",
        "{\"stream\":\"\",\"type\":\"T\",\"id\":\"00000000-0000-0001-0000-000000000002\"}|at least one character",
        "{\"contentType\":\"text/plain\",\"stream\":\"s\",\"type\":\"T\",\"id\":\"00000000-0000-0001-0000-000000000002\"}|got \"text/plain\"",
        "{\"data\":1,\"dataBase64\":\"AA==\",\"stream\":\"s\"}|data and dataBase64",
        "{\"dataBase64\":\"%\"}|Field \"dataBase64\" is Base64",
        "{\"tags\":\"x\"}|Field \"tags\" is an array of texts",
        "{\"tags\":[1]}|Field \"tags\" is a text",
        "{\"link\":{}}|export streams without resolving links",
      })
  void a_wrong_line_is_refused_with_what_is_wrong(String line, String message) {
    assertThatThrownBy(() -> EventJson.parse(utf8(line), Optional::empty))
        .isInstanceOf(MalformedLineException.class)
        .hasMessageContaining(message);
  }

  private static String line(byte[] data) {
    return new String(
        EventJson.line(
            new RecordedEvent(
                7,
                StreamName.of("s"),
                0,
                ID,
                "T",
                ContentType.JSON,
                Instant.EPOCH,
                data,
                new byte[0],
                List.of())),
        StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
