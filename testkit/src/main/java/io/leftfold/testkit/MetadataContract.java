// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ContentType;
import io.leftfold.api.CurrentMetadata;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamMetadata.Acl.Action;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Metadata: how it is written, what it says, and what it hides.
abstract class MetadataContract extends AppendingContract {

  // ---- writing and reading it

  @Test
  void a_stream_has_no_metadata_at_first() {
    append(ACCOUNT, "A");

    assertThat(store.metadata(ACCOUNT)).isEqualTo(new CurrentMetadata(StreamMetadata.none(), -1));
    assertThat(store.metadata(ORDER)).isEqualTo(new CurrentMetadata(StreamMetadata.none(), -1));
  }

  @Test
  void metadata_comes_back_as_it_was_written() {
    var metadata = everything();

    var result = store.writeMetadata(ACCOUNT, ExpectedState.noStream(), metadata);

    assertThat(result.position()).hasValue(1);
    assertThat(result.lastRevision()).isZero();
    assertThat(store.metadata(ACCOUNT)).isEqualTo(new CurrentMetadata(metadata, 0));
  }

  private static StreamMetadata everything() {
    var acl =
        new Acl(
            Map.of(
                Action.READ, List.of("$all"),
                Action.WRITE, List.of("ann", "bob"),
                Action.DELETE, List.of(),
                Action.READ_METADATA, List.of("$admins"),
                Action.WRITE_METADATA, List.of("zoë")));
    var custom = new TreeMap<>(Map.of("owner", "\"Zoë\"", "nested", "{\"b\":[1,2.50,null]}"));
    return new StreamMetadata(
        OptionalLong.of(10),
        Optional.of(Duration.ofHours(1)),
        OptionalLong.of(3),
        true,
        Optional.of(Duration.ofSeconds(7)),
        Optional.of(acl),
        custom);
  }

  @Test
  void metadata_is_written_in_a_fixed_order_without_what_it_does_not_say() {
    writeMetadata(ACCOUNT, everything());
    writeMetadata(ORDER, StreamMetadata.none());

    assertThat(metadataText(ACCOUNT))
        .isEqualTo(
            """
            {"$maxCount":10,"$maxAge":3600,"$tb":3,"$tmp":true,"$cacheControl":7,\
            "$acl":{"$r":["$all"],"$w":["ann","bob"],"$d":[],"$mr":["$admins"],"$mw":["zoë"]},\
            "nested":{"b":[1,2.50,null]},"owner":"Zoë"}\
            """);
    assertThat(metadataText(ORDER)).isEqualTo("{}");
    var event = store.read(ACCOUNT.metastream(), FORWARDS).events().getFirst();
    assertThat(event.type()).isEqualTo("$metadata");
    assertThat(event.contentType()).isEqualTo(ContentType.JSON);
    assertThat(event.metadata()).isEmpty();
    assertThat(event.stream()).isEqualTo(StreamName.of("$$account-1"));
  }

  @Test
  void metadata_is_replaced_as_a_whole() {
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxCount(1).withCustom("owner", "\"me\""));
    var second = StreamMetadata.none().withMaxAge(Duration.ofDays(1));

    var result = store.writeMetadata(ACCOUNT, ExpectedState.atRevision(0), second);

    assertThat(result.lastRevision()).isEqualTo(1);
    assertThat(store.metadata(ACCOUNT)).isEqualTo(new CurrentMetadata(second, 1));
  }

  @Test
  void writing_metadata_is_checked_against_the_metastream() {
    append(ACCOUNT, "A B C");
    var metadata = StreamMetadata.none().withMaxCount(1);

    var refusal =
        assertWrongExpectedState(
            () -> store.writeMetadata(ACCOUNT, ExpectedState.atRevision(2), metadata));
    store.writeMetadata(ACCOUNT, ExpectedState.noStream(), metadata);

    assertThat(refusal.stream()).isEqualTo(ACCOUNT.metastream());
    assertThat(refusal.actual().lastRevision()).isEqualTo(-1);
    assertWrongExpectedState(
        () -> store.writeMetadata(ACCOUNT, ExpectedState.noStream(), metadata));
  }

  @Test
  void metadata_may_be_appended_to_the_metastream_by_hand() {
    append(ACCOUNT, "A B C");

    appendMetadata(ACCOUNT, "{ \"$tb\" : 1 , \"a\" : [ 1 ] }");

    assertThat(letters(ACCOUNT)).isEqualTo("B C");
    assertThat(store.metadata(ACCOUNT).metadata())
        .isEqualTo(StreamMetadata.none().withTruncateBefore(1).withCustom("a", "[1]"));
  }

  @Test
  void metadata_does_not_make_a_stream() {
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxCount(1));

    assertThat(store.state(ACCOUNT).lastRevision()).isEqualTo(-1);
    assertThat(store.read(ACCOUNT, FORWARDS).toList()).isEmpty();
    if (can(Capability.EXACT_STATES)) {
      assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Absent());
    }
  }

  @Test
  void only_the_last_event_of_a_metastream_is_visible() {
    for (var i = 1; i <= 3; i++) {
      writeMetadata(ACCOUNT, StreamMetadata.none().withMaxCount(i));
    }
    var metastream = ACCOUNT.metastream();

    assertThat(revisions(metastream, FORWARDS)).containsExactly(2L);
    assertThat(revisions(metastream, BACKWARDS)).containsExactly(2L);
    assertThat(revisions(metastream, BACKWARDS.from(1))).isEmpty();
    if (can(Capability.EXACT_STATES)) {
      assertThat(store.state(metastream)).isEqualTo(new StreamState.Present(2, 2));
    }
  }

  @Test
  void metadata_is_asked_for_by_the_name_of_the_stream() {
    var metastream = ACCOUNT.metastream();

    assertThatThrownBy(() -> store.metadata(metastream))
        .isInstanceOf(IllegalArgumentException.class);
    assertNothingIsWritten(
        () -> store.writeMetadata(metastream, ExpectedState.any(), StreamMetadata.none()),
        IllegalArgumentException.class);
  }

  @Test
  void the_metadata_of_a_metastream_is_obeyed_by_nobody() {
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxCount(2));

    appendMetadata(ACCOUNT.metastream(), "{\"$tb\":9223372036854775807}");

    assertThat(metadataText(ACCOUNT)).isEqualTo("{\"$maxCount\":2}");
    assertThat(store.metadata(ACCOUNT).metadata()).isEqualTo(StreamMetadata.none().withMaxCount(2));
  }

  @Test
  void the_metadata_of_a_tombstoned_stream_is_gone() {
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxCount(2));
    store.tombstone(ACCOUNT, ExpectedState.any());

    assertThatThrownBy(() -> store.metadata(ACCOUNT)).isInstanceOf(StreamTombstonedException.class);
    assertNothingIsWritten(
        () -> store.writeMetadata(ACCOUNT, ExpectedState.any(), StreamMetadata.none()),
        StreamTombstonedException.class);
    assertNothingIsWritten(() -> appendMetadata(ACCOUNT, "{}"), StreamTombstonedException.class);
    assertThatThrownBy(() -> store.read(ACCOUNT.metastream(), FORWARDS).toList())
        .isInstanceOf(StreamTombstonedException.class);
    assertThat(store.state(ACCOUNT.metastream())).isEqualTo(new StreamState.Tombstoned());
  }

  @Test
  void a_custom_value_is_json() {
    var metadata = StreamMetadata.none().withCustom("owner", "me");

    assertNothingIsWritten(
        () -> store.writeMetadata(ACCOUNT, ExpectedState.any(), metadata),
        IllegalArgumentException.class);
  }

  // ---- what texts mean

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # of five events, with this metadata             | these are visible
            {}                                             | 0 1 2 3 4
            {"$maxCount":2}                                | 3 4
            {"$maxCount":5}                                | 0 1 2 3 4
            {"$maxCount":9223372036854775807}              | 0 1 2 3 4
            {"$tb":0}                                      | 0 1 2 3 4
            {"$tb":3}                                      | 3 4
            {"$tb":5}                                      | -
            {"$tb":700}                                    | -
            {"$tb":9223372036854775807}                    | -
            {"$maxCount":2,"$tb":1}                        | 3 4
            {"$maxCount":4,"$tb":3}                        | 3 4
            {"$tb":3,"$tb":1}                              | 1 2 3 4
            {"$maxCount":0,"$tb":3}                        | 3 4
            {"$maxCount":-2,"$tb":3}                       | 3 4
            {"$maxCount":2,"$tb":-3}                       | 3 4
            {"$maxAge":0,"$cacheControl":-1,"$tb":3}       | 3 4
            {"$maxAge":9223372036854775807,"$tb":3}        | 3 4
            {"$MaxCount":2,"$TB":3}                        | 0 1 2 3 4
            {"$unknown":{"$tb":1},"$tb":3}                 | 3 4
            {"maxCount":2,"tb":3}                          | 0 1 2 3 4
            {"$tmp":true,"$tb":3}                          | 3 4
            {"$acl":{},"$tb":3}                            | 3 4
            {"$acl":null,"$tb":3}                          | 3 4
            {"$acl":{"$r":"a","$w":["b"],"$d":null},"$tb":3} | 3 4
            {"$maxCount":"2","$tb":3}                      | 0 1 2 3 4
            {"$maxCount":2.5,"$tb":3}                      | 0 1 2 3 4
            {"$maxCount":null,"$tb":3}                     | 0 1 2 3 4
            {"$maxCount":9223372036854775808,"$tb":3}      | 0 1 2 3 4
            {"$tb":3,"$maxAge":"1"}                        | 0 1 2 3 4
            {"$tb":true}                                   | 0 1 2 3 4
            {"$tb":3,"$tmp":1}                             | 0 1 2 3 4
            {"$tb":3,"$cacheControl":[]}                   | 0 1 2 3 4
            {"$tb":3,"$acl":[]}                            | 0 1 2 3 4
            {"$tb":3,"$acl":{"$r":7}}                      | 0 1 2 3 4
            {"$tb":3,"$acl":{"$r":["a",7]}}                | 0 1 2 3 4
            {"$tb":3                                       | 0 1 2 3 4
            {"$tb":3} {}                                   | 0 1 2 3 4
            [{"$tb":3}]                                    | 0 1 2 3 4
            null                                           | 0 1 2 3 4
            ``                                             | 0 1 2 3 4
          """)
  void malformed_metadata_says_nothing(String json, String visible) {
    append(ACCOUNT, "0 1 2 3 4");

    appendMetadata(ACCOUNT, json);

    assertThat(letters(ACCOUNT)).isEqualTo(visible.equals("-") ? "" : visible);
    assertThat(store.metadata(ACCOUNT).metastreamRevision()).isZero();
  }

  @Test
  void malformed_metadata_replaces_what_was_said_before() {
    append(ACCOUNT, "A B");
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxCount(1));

    appendMetadata(ACCOUNT, "nonsense");

    assertThat(letters(ACCOUNT)).isEqualTo("A B");
    assertThat(store.metadata(ACCOUNT)).isEqualTo(new CurrentMetadata(StreamMetadata.none(), 1));
  }

  @Test
  void metadata_that_is_not_marked_as_json_says_nothing() {
    append(ACCOUNT, "A B");

    store.append(
        ACCOUNT.metastream(),
        ExpectedState.any(),
        ProposedEvent.binary(RecordedEvent.METADATA_TYPE, "{\"$maxCount\":1}".getBytes(UTF_8)));

    assertThat(letters(ACCOUNT)).isEqualTo("A B");
  }

  @Test
  void an_access_list_may_name_one_or_several() {
    appendMetadata(
        ACCOUNT, "{\"$acl\":{\"$r\":\"ann\",\"$w\":[\"ann\",\"bob\"],\"$d\":null,\"$mr\":[]}}");

    assertThat(store.metadata(ACCOUNT).metadata().acl())
        .contains(
            new Acl(
                Map.of(
                    Action.READ,
                    List.of("ann"),
                    Action.WRITE,
                    List.of("ann", "bob"),
                    Action.READ_METADATA,
                    List.of())));
  }

  // ---- what it hides

  @Test
  void the_last_events_stay_visible_as_others_are_appended() {
    append(ACCOUNT, "A B C");
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxCount(2));
    assertThat(letters(ACCOUNT)).isEqualTo("B C");

    append(ACCOUNT, "D E");

    assertThat(letters(ACCOUNT)).isEqualTo("D E");
    assertThat(types(store.read(ACCOUNT, BACKWARDS).toList())).isEqualTo("E D");
    if (can(Capability.EXACT_STATES)) {
      assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Present(3, 4));
    }
  }

  @Test
  void truncation_ahead_of_the_stream_hides_what_will_be_appended() {
    append(ACCOUNT, "A");
    writeMetadata(ACCOUNT, StreamMetadata.none().withTruncateBefore(3));

    append(ACCOUNT, "B C");
    assertThat(letters(ACCOUNT)).isEmpty();
    append(ACCOUNT, "D");

    assertThat(letters(ACCOUNT)).isEqualTo("D");
    if (can(Capability.EXACT_STATES)) {
      assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Present(3, 3));
    }
  }

  @Test
  void truncation_is_taken_back_by_other_metadata() {
    append(ACCOUNT, "A B C");
    writeMetadata(ACCOUNT, StreamMetadata.none().withTruncateBefore(2));

    writeMetadata(ACCOUNT, StreamMetadata.none());

    assertThat(letters(ACCOUNT)).isEqualTo("A B C");
  }

  @Test
  void old_events_are_hidden_as_time_goes_by() {
    needs(Capability.CLOCK);
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxAge(Duration.ofSeconds(10)));
    append(ACCOUNT, "A");
    clock.advance(Duration.ofSeconds(4));
    append(ACCOUNT, "B C");

    clock.advance(Duration.ofSeconds(6));
    assertThat(letters(ACCOUNT)).isEqualTo("A B C");
    clock.advance(Duration.ofNanos(1_000));
    assertThat(letters(ACCOUNT)).isEqualTo("B C");
    assertThat(types(store.read(ACCOUNT, BACKWARDS).toList())).isEqualTo("C B");
    clock.advance(Duration.ofSeconds(4));
    assertThat(letters(ACCOUNT)).isEmpty();
    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Present(0, 2));
    clock.advance(Duration.ofSeconds(-5));
    assertThat(letters(ACCOUNT)).isEqualTo("A B C");
  }

  @Test
  void age_and_count_hide_together() {
    needs(Capability.CLOCK);
    append(ACCOUNT, "A B");
    clock.advance(Duration.ofSeconds(5));
    append(ACCOUNT, "C D");
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxAge(Duration.ofSeconds(7)).withMaxCount(3));

    assertThat(letters(ACCOUNT)).isEqualTo("B C D");
    clock.advance(Duration.ofSeconds(3));
    assertThat(letters(ACCOUNT)).isEqualTo("C D");
  }

  @Test
  void what_metadata_hides_stays_in_the_log() {
    append(ACCOUNT, "A B C");
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxCount(1).withTruncateBefore(2));

    assertThat(log()).extracting(RecordedEvent::type).contains("A", "B", "C");
  }

  @ParameterizedTest
  @ValueSource(strings = {"$all", "$ce-account"})
  void what_is_made_of_other_streams_may_have_metadata(String name) {
    append(ACCOUNT, "A B");
    var stream = StreamName.of(name);

    writeMetadata(stream, StreamMetadata.none().withMaxCount(1));

    assertThat(store.metadata(stream).metadata()).isEqualTo(StreamMetadata.none().withMaxCount(1));
    assertThat(types(store.readAll(FORWARDS).toList())).isEqualTo("$genesis A B $metadata");
    assertThat(store.read(StreamName.ofCategory("account"), FORWARDS).toList()).hasSize(2);
  }
}
