// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.leftfold.api.Tag;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MetadataTagsTest {

  private static List<Tag> tags(String metadata) {
    return MetadataTags.of(metadata.getBytes(UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"$tags":["a"]}                                  | a
          { "x" : 1, "$tags" : [ "a:1" , "b" ] , "y": {} } | a:1 b
          {"$tags":["a","b","a"]}                          | a b
          {"$tags":["\\u00e9\\n"]}                         | é~
          {"$tags":"[\\"a\\", \\"b\\"]"}                   | a b
          {"$tags":["a"],"$tags":["b"]}                    | b
          {"$tags":7,"$tags":["b"]}                        | b
          """)
  void tags_are_an_array_of_texts_at_the_top(String metadata, String expected) {
    assertThat(
            tags(metadata).stream()
                .map(tag -> tag.value().replace('\n', '~'))
                .collect(Collectors.joining(" ")))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"tags\":[\"a\"]}",
        "{\"$tags\":[]}",
        "{\"$tags\":null}",
        "{\"$tags\":\"[]\"}",
        "{\"nested\":{\"$tags\":[\"a\"]}}",
        "{\"nested\":{\"$tags\":7}}",
        "{\"is\":\"\\\"$tags\\\"\"}",
        "{\"\\u0024tags\":[\"a\"]}",
        "[\"$tags\"]",
        "\"$tags\"",
        "{\"$tags\":[\"a\"]",
        "{\"$tags\":[\"a\"]} x",
        "{\"$tags\":[\"a\"",
        "{\"$tags\":[\"a\"],}",
        "{\"$tags\":7",
        "binary \u0000 \"$tags\" bytes",
        "\"$tags\":["
      })
  void other_metadata_has_none(String metadata) {
    assertThat(tags(metadata)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7",
        "true",
        "{}",
        "\"a\"",
        "\"\"",
        "\"[\"",
        "\"[\\\"a\\\"] x\"",
        "\"[7]\"",
        "[7]",
        "[\"a\",null]",
        "[[\"a\"]]",
        "[{\"a\":[1]}]"
      })
  void what_is_no_list_of_texts_is_refused(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tags("{\"a\":{\"b\":[1]},\"$tags\":%s,\"c\":2}".formatted(value)))
        .withMessageContaining("$tags")
        .withMessageContaining("array of texts");
  }

  @Test
  void what_is_no_tag_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tags("{\"$tags\":[\"\"]}"))
        .withMessage("A tag has 1 to 1024 bytes of UTF-8, got 0, in $tags of the metadata");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tags("{\"$tags\":[\"%s\"]}".formatted("é".repeat(513))))
        .withMessageContaining("got 1026");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tags("{\"$tags\":[\"\\ud800\"]}"))
        .withMessageContaining("$tags");
  }

  @Test
  void as_many_tags_are_taken_as_an_event_may_have() {
    assertThat(tags("{\"$tags\":[%s]}".formatted(many(256)))).hasSize(256);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tags("{\"$tags\":[%s]}".formatted(many(257))))
        .withMessageContaining("at most 256 tags");
  }

  private static String many(int count) {
    return IntStream.range(0, count)
        .mapToObj("\"t%d\""::formatted)
        .collect(Collectors.joining(","));
  }

  /// Whatever the bytes are, there are tags, or none, or an argument is refused.
  @Test
  void no_bytes_do_more_than_be_refused() {
    var seed = Long.getLong("tests.seed", new Random().nextLong());
    var random = new Random(seed);
    var start = "{\"a\":[1,{\"$tags\":[\"x\"]}],\"$tags\":[\"b\",\"c\"]}".getBytes(UTF_8);
    for (var i = 0; i < 20_000; i++) {
      var bytes = start.clone();
      for (var changes = 1 + random.nextInt(3); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(MetadataTags.of(bytes).size()).as("seed %d", seed).isBetween(0, 2);
      } catch (IllegalArgumentException refused) {
        assertThat(refused).as("seed %d", seed).hasMessageContaining("$tags");
      }
    }
  }
}
