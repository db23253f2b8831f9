// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.EventSelection.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Filters and selectors over one event.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EventSelectionTest {

  private static final ProjectionLimits LIMITS =
      ProjectionLimits.DEFAULT.withTimes(Duration.ofSeconds(20), Duration.ofSeconds(20));

  private final ProjectionRuntime runtime = ProjectionRuntime.open();

  @AfterAll
  void close() {
    runtime.close();
  }

  private static RecordedEvent event(ContentType contentType, String data, String metadata) {
    return new RecordedEvent(
        1234,
        StreamName.of("order-7"),
        2,
        new UUID(7, 9),
        "Ordered",
        contentType,
        Instant.parse("2026-01-15T13:37:01.337123Z"),
        data.getBytes(StandardCharsets.UTF_8),
        metadata.getBytes(StandardCharsets.UTF_8),
        List.of());
  }

  private static RecordedEvent json(String data) {
    return event(ContentType.JSON, data, "");
  }

  private Outcome select(String filter, RecordedEvent event, EventSelector... selectors) {
    try (var selection = runtime.select(filter, List.of(selectors), LIMITS)) {
      return selection.select(event, 5);
    }
  }

  private static EventSelector selector(String text, EventSelector.Type type) {
    return new EventSelector("it", text, type);
  }

  @Test
  void a_filter_says_whether_an_event_is_wanted() {
    assertThat(select("rec => rec.value.n > 1", json("{\"n\":2}")))
        .isEqualTo(new Outcome.Wanted(List.of()));
    assertThat(select("rec => rec.value.n > 1", json("{\"n\":1}")))
        .isEqualTo(new Outcome.NotWanted());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          rec => rec.id                       | STRING | 00000000-0000-0007-0000-000000000009
          rec => rec.timestamp                | STRING | 2026-01-15T13:37:01.337Z
          rec => rec.position.stream          | STRING | order-7
          rec => rec.position.streamRevision  | INT_32 | 2
          rec => rec.position.logPosition     | INT_64 | 1234
          rec => rec.schema.name              | STRING | Ordered
          rec => rec.schema.format            | STRING | Json
          rec => rec.sequence                 | INT_32 | 5
          rec => rec.redacted.toString()      | STRING | false
          rec => rec.value.total              | DOUBLE | 149.99
          rec => rec.properties.who           | STRING | ann
          rec => rec.properties['$schema.format'] | STRING | Json
          rec => JSON.stringify(rec)[0]       | STRING | {
          rec => 2n ** 62n                    | INT_64 | 4611686018427387904
          rec => { let a = 1; return a + 1; } | INT_32 | 2
          """)
  void a_selector_finds_the_parts_of_a_record(
      String text, EventSelector.Type type, String expected) {
    var event = event(ContentType.JSON, "{\"total\":149.99}", "{\"who\":\"ann\"}");

    var outcome = select("", event, selector(text, type));

    var value =
        switch (type) {
          case STRING -> new SelectedValue.Text(expected);
          case DOUBLE -> new SelectedValue.Real(Double.parseDouble(expected));
          case INT_32, INT_64 -> new SelectedValue.Whole(Long.parseLong(expected));
        };
    assertThat(outcome).isEqualTo(new Outcome.Wanted(List.of(Optional.of(value))));
  }

  @Test
  void data_that_is_not_json_is_no_value_and_has_its_format() {
    var format = selector("rec => rec.schema.format + (rec.value === undefined)", STRING);

    assertThat(select("", event(ContentType.BINARY, "{}", "no JSON"), format))
        .isEqualTo(wanted("Bytestrue"));
    assertThat(select("", event(ContentType.BINARY, "", "{\"$schema.format\":\"Avro\"}"), format))
        .isEqualTo(wanted("Avrotrue"));
  }

  private static final EventSelector.Type STRING = EventSelector.Type.STRING;

  private static Outcome wanted(String text) {
    return new Outcome.Wanted(List.of(Optional.of(new SelectedValue.Text(text))));
  }

  @Test
  void an_event_is_left_out_that_is_skipped_or_has_no_value_at_all() {
    var none = selector("rec => rec.value.a", STRING);
    var some = new EventSelector("other", "rec => rec.value.b", STRING);
    var skipping = selector("rec => skip", STRING);

    assertThat(select("", json("{\"b\":\"x\"}"), none)).isEqualTo(new Outcome.NotWanted());
    assertThat(select("", json("{\"b\":\"x\"}"), none, some))
        .isEqualTo(
            new Outcome.Wanted(
                List.of(Optional.empty(), Optional.of(new SelectedValue.Text("x")))));
    assertThat(select("", json("{\"b\":\"x\"}"), skipping, some))
        .isEqualTo(new Outcome.NotWanted());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rec => 1                   | the filter gave a number
          rec => undefined           | the filter gave nothing
          rec => rec.value.a.b.c     | filter, line 1, column 8: TypeError
          rec => { throw 'no' }      | no
          rec => JSON.parse('{')     | SyntaxError
          async rec => true          |
          """)
  void what_cannot_be_judged_says_why(String filter, String why) {
    if (why == null) {
      assertThat(refusal(filter).getMessage()).contains("another kind of function");
      return;
    }
    assertThat(select(filter, json("{}")))
        .isInstanceOfSatisfying(
            Outcome.Failed.class, failed -> assertThat(failed.why()).contains(why));
  }

  @ParameterizedTest
  @CsvSource({
    "rec => 1, STRING",
    "rec => 'a', DOUBLE",
    "rec => 0 / 0, DOUBLE",
    "rec => 1.5, INT_32",
    "rec => 2147483648, INT_32",
    "rec => 2 ** 53, INT_64",
    "rec => 2n ** 63n, INT_64",
    "rec => ({}), STRING",
    "rec => 'a'.repeat(4097), STRING"
  })
  void a_value_of_another_type_is_a_failure_that_names_the_field(
      String text, EventSelector.Type type) {
    assertThat(select("", json("{}"), selector(text, type)))
        .isInstanceOfSatisfying(
            Outcome.Failed.class, failed -> assertThat(failed.why()).contains("field it"));
  }

  private EventSelectionException refusal(String filter) {
    return catchThrowableOfType(
        EventSelectionException.class, () -> runtime.select(filter, List.of(), LIMITS).close());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          foo                          | filter, line 1, column 1: ReferenceError
          rec => rec.type ==> 'a'      | filter, line 1, column 19: SyntaxError
          (rec, other) => true         | 2 parameters
          () => true                   | 0 parameters
          (function (rec) { return 1 })| another kind of function
          class { constructor(rec) {} }| filter, line 1
          'rec => true'                | of type string
          while (true) {}              | more processor time
          """)
  void a_filter_that_is_no_function_of_one_record_is_refused_with_its_place(
      String filter, String why) {
    var limits = LIMITS.withTimes(Duration.ofMillis(300), Duration.ofMillis(300));

    var refused =
        catchThrowableOfType(
            EventSelectionException.class, () -> runtime.select(filter, List.of(), limits).close());

    assertThat(refused).hasMessageContaining(why);
    assertThat(refused.selector()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rec => { while (true) {} }",
        "rec => { const all = []; while (true) all.push(new Uint8Array(1 << 20)) }"
      })
  void what_takes_more_than_it_may_ends_the_selection(String filter) {
    var limits =
        LIMITS
            .withTimes(Duration.ofSeconds(20), Duration.ofMillis(500))
            .withAllocatedBytes(64 << 20);

    try (var selection = runtime.select(filter, List.of(), limits)) {
      assertThat(
              catchThrowableOfType(
                  EventSelectionException.class, () -> selection.select(json("{}"), 1)))
          .hasMessageContaining("than it may");
    }
  }

  @Test
  void the_host_is_out_of_reach() {
    assertThat(
            select(
                "rec => typeof Java === 'undefined' && typeof Polyglot === 'undefined'"
                    + " && typeof load === 'undefined' && typeof console === 'undefined'",
                json("{}")))
        .isEqualTo(new Outcome.Wanted(List.of()));
  }
}
