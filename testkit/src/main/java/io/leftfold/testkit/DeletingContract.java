// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.AppendResult;
import io.leftfold.api.ContentType;
import io.leftfold.api.CurrentMetadata;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Deleting softly and for ever, and coming back.
abstract class DeletingContract extends MetadataContract {

  private static final String TABLE =
      """
      # the stream is         | expected       | delete     | tombstone
        never written         | any            | wrong -1   | ok
        never written         | none           | wrong -1   | ok
        never written         | exists         | wrong -1   | wrong -1
        never written         | 0              | wrong -1   | wrong -1
        only metadata         | any            | ok         | ok
        only metadata         | none           | ok         | ok
        only metadata         | exists         | ok         | ok
        only metadata         | 0              | wrong -1   | wrong -1
        A B                   | any            | ok         | ok
        A B                   | none           | wrong 1    | wrong 1
        A B                   | exists         | ok         | ok
        A B                   | 1              | ok         | ok
        A B                   | 0              | wrong 1    | wrong 1
        A B                   | 2              | wrong 1    | wrong 1
        A B deleted           | any            | ok         | ok
        A B deleted           | none           | ok         | ok
        A B deleted           | exists         | wrong 1    | wrong 1
        A B deleted           | 1              | ok         | ok
        A B deleted           | 0              | wrong 1    | wrong 1
        only metadata deleted | any            | ok         | ok
        only metadata deleted | exists         | wrong -1   | wrong -1
        A B recreated with R  | 2              | ok         | ok
        A B recreated with R  | none           | wrong 2    | wrong 2
        A B all truncated     | none           | wrong 1    | wrong 1
        A B tombstoned        | any            | tombstoned | tombstoned
        A B tombstoned        | none           | tombstoned | tombstoned
        A B tombstoned        | exists         | tombstoned | tombstoned
        A B tombstoned        | 1              | tombstoned | tombstoned
        A B tombstoned        | deleted-number | tombstoned | tombstoned
      """;

  @ParameterizedTest(name = "{0}, expected {1}: {2}")
  @CsvSource(delimiter = '|', textBlock = TABLE)
  void a_stream_is_deleted_if_it_is_as_expected(String situation, String expected, String answer) {
    prepare(situation);
    if (!answer.equals("ok")) {
      assertRefused(answer, () -> store.delete(ACCOUNT, expected(expected)));
      return;
    }
    var last = store.state(ACCOUNT).lastRevision();

    assertThat(store.delete(ACCOUNT, expected(expected))).isEqualTo(lastPosition());

    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Deleted(last));
    assertThat(store.read(ACCOUNT, FORWARDS).toList()).isEmpty();
  }

  @ParameterizedTest(name = "{0}, expected {1}: {3}")
  @CsvSource(delimiter = '|', textBlock = TABLE)
  void a_stream_is_tombstoned_if_it_is_as_expected(
      String situation, String expected, String unused, String answer) {
    prepare(situation);
    if (!answer.equals("ok")) {
      assertRefused(answer, () -> store.tombstone(ACCOUNT, expected(expected)));
      return;
    }

    assertThat(store.tombstone(ACCOUNT, expected(expected))).isEqualTo(lastPosition());

    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Tombstoned());
  }

  private void assertRefused(String answer, ThrowingCallable call) {
    if (answer.equals("tombstoned")) {
      assertNothingIsWritten(call, StreamTombstonedException.class);
    } else {
      var refusal = assertWrongExpectedState(call);
      assertThat(refusal.stream()).isEqualTo(ACCOUNT);
      assertThat("wrong " + refusal.actual().lastRevision()).isEqualTo(answer);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"$$account-1", "$$$all", "$all", "$ce-account", "$et-A"})
  void nobody_may_delete_metastreams_and_streams_made_of_others(String name) {
    append(ACCOUNT, "A");
    writeMetadata(ACCOUNT, StreamMetadata.none());
    var stream = StreamName.of(name);

    assertNothingIsWritten(
        () -> store.delete(stream, ExpectedState.any()), NotAuthorizedException.class);
    assertNothingIsWritten(
        () -> store.tombstone(stream, ExpectedState.any()), NotAuthorizedException.class);
  }

  // ---- deleting softly

  @Test
  void a_delete_hides_everything_and_replaces_the_metadata() {
    append(ACCOUNT, "A B");
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxCount(9).withCustom("owner", "\"me\""));

    var position = store.delete(ACCOUNT, ExpectedState.atRevision(1));

    try (var read = store.read(ACCOUNT, FORWARDS)) {
      if (can(Capability.EXACT_STATES)) {
        assertThat(read.state()).isEqualTo(new StreamState.Deleted(1));
      }
      assertThat(read.iterator().hasNext()).isFalse();
    }
    assertThat(store.read(ACCOUNT, BACKWARDS).toList()).isEmpty();
    assertThat(metadataText(ACCOUNT)).isEqualTo("{\"$tb\":9223372036854775807}");
    assertThat(store.metadata(ACCOUNT))
        .isEqualTo(
            new CurrentMetadata(StreamMetadata.none().withTruncateBefore(Long.MAX_VALUE), 1));
    var last = log().getLast();
    assertThat(last.position()).isEqualTo(position);
    assertThat(last.stream()).isEqualTo(ACCOUNT.metastream());
    assertThat(last.type()).isEqualTo("$metadata");
    assertThat(last.contentType()).isEqualTo(ContentType.JSON);
    assertThat(types(store.readAll(FORWARDS).toList()))
        .isEqualTo("$genesis A B $metadata $metadata");
  }

  @Test
  void a_stream_deleted_twice_is_deleted() {
    append(ACCOUNT, "A");
    store.delete(ACCOUNT, ExpectedState.any());

    var position = store.delete(ACCOUNT, ExpectedState.any());

    assertThat(position).isEqualTo(3);
    assertThat(store.metadata(ACCOUNT).metastreamRevision()).isEqualTo(1);
    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Deleted(0));
  }

  @Test
  void a_deleted_stream_that_is_written_again_continues_its_revisions() {
    append(ACCOUNT, "A B");
    store.delete(ACCOUNT, ExpectedState.any());

    var result = store.append(ACCOUNT, ExpectedState.noStream(), events("C D"));

    assertThat(result.streams()).containsExactly(new AppendResult.AppendedStream(ACCOUNT, 2, 3));
    assertThat(result.position()).hasValue(6);
    assertThat(letters(ACCOUNT)).isEqualTo("C D");
    assertThat(revisions(ACCOUNT, FORWARDS)).containsExactly(2L, 3L);
    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Present(2, 3));
    assertThat(store.metadata(ACCOUNT))
        .isEqualTo(new CurrentMetadata(StreamMetadata.none().withTruncateBefore(2), 1));
  }

  @Test
  void the_metadata_of_a_recreated_stream_stands_before_its_events_and_keeps_what_else_it_said() {
    append(ACCOUNT, "A B");
    appendMetadata(
        ACCOUNT,
        "{ \"b\": [1, true], \"$tb\" : 9223372036854775807 ,\"$x\":null,\"a\":{\"$tb\":1} }");

    append(ACCOUNT, "C D");

    assertThat(types(store.readAll(FORWARDS.from(1)).toList()))
        .isEqualTo("A B $metadata $metadata C D");
    assertThat(metadataText(ACCOUNT))
        .isEqualTo("{\"b\":[1,true],\"$tb\":2,\"$x\":null,\"a\":{\"$tb\":1}}");
    assertThat(letters(ACCOUNT)).isEqualTo("C D");
    var times = log().subList(4, 7).stream().map(RecordedEvent::recorded).distinct();
    assertThat(times).hasSize(1);
  }

  @Test
  void a_recreated_stream_is_deleted_and_recreated_again() {
    append(ACCOUNT, "A B");
    for (var letter : List.of("C", "D", "E")) {
      store.delete(ACCOUNT, ExpectedState.any());
      store.append(ACCOUNT, ExpectedState.noStream(), event(letter));
      assertThat(letters(ACCOUNT)).isEqualTo(letter);
    }
    assertThat(revisions(ACCOUNT, FORWARDS)).containsExactly(4L);
  }

  @Test
  void a_deleted_stream_is_recreated_by_an_append_without_events() {
    append(ACCOUNT, "A B");
    store.delete(ACCOUNT, ExpectedState.any());

    store.append(ACCOUNT, ExpectedState.atRevision(1));

    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Present(2, 1));
    assertThat(metadataText(ACCOUNT)).isEqualTo("{\"$tb\":2}");
    assertThat(letters(ACCOUNT)).isEmpty();
    append(ACCOUNT, "C");
    assertThat(letters(ACCOUNT)).isEqualTo("C");
  }

  @Test
  void a_deleted_stream_without_events_is_recreated_from_its_beginning() {
    writeMetadata(ACCOUNT, StreamMetadata.none().withMaxCount(1));
    store.delete(ACCOUNT, ExpectedState.any());
    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Deleted(-1));

    append(ACCOUNT, "A");

    assertThat(letters(ACCOUNT)).isEqualTo("A");
    assertThat(metadataText(ACCOUNT)).isEqualTo("{\"$tb\":0}");
  }

  @Test
  void writing_metadata_makes_a_deleted_stream_visible_again_from_its_end() {
    append(ACCOUNT, "A B");
    store.delete(ACCOUNT, ExpectedState.any());

    var result =
        store.writeMetadata(
            ACCOUNT,
            ExpectedState.atRevision(0),
            StreamMetadata.none().withMaxCount(7).withCustom("a", "1"));

    assertThat(result.lastRevision()).isEqualTo(1);
    assertThat(result.position()).hasValue(4);
    assertThat(lastPosition()).isEqualTo(5);
    assertThat(metadataText(ACCOUNT)).isEqualTo("{\"$maxCount\":7,\"a\":1,\"$tb\":2}");
    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Present(2, 1));
    append(ACCOUNT, "C");
    assertThat(letters(ACCOUNT)).isEqualTo("C");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # appended to the metastream            | then followed by
            {}                                    | {"$tb":2}
            { "a" : 1, "$tb" : 0, "b" : 2 }       | {"a":1,"$tb":2,"b":2}
            {"$tb":9223372036854775807}           | {"$tb":2}
            {"$tb":9223372036854775807,"a":"ü\\n"} | {"$tb":2,"a":"ü\\n"}
            {"$maxCount":"x","a":1}               | {"$tb":2}
            nonsense                              | {"$tb":2}
            [1]                                   | {"$tb":2}
          """)
  void any_metadata_of_a_deleted_stream_is_followed_by_its_truncation(
      String written, String followed) {
    append(ACCOUNT, "A B");
    store.delete(ACCOUNT, ExpectedState.any());

    appendMetadata(ACCOUNT, written);

    assertThat(metadataText(ACCOUNT)).isEqualTo(followed);
    assertThat(store.metadata(ACCOUNT).metastreamRevision()).isEqualTo(2);
    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Present(2, 1));
  }

  @Test
  void deleting_a_deleted_stream_does_not_make_it_visible() {
    append(ACCOUNT, "A");
    appendMetadata(ACCOUNT, "{\"$tb\":9223372036854775807,\"a\":1}");
    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Deleted(0));

    store.delete(ACCOUNT, ExpectedState.atRevision(0));

    assertThat(metadataText(ACCOUNT)).isEqualTo("{\"$tb\":9223372036854775807}");
  }

  @Test
  void a_commit_to_a_deleted_stream_and_its_metastream_obeys_the_metastream() {
    needs(Capability.COMMITS_OF_SEVERAL_STREAMS);
    append(ACCOUNT, "A B");
    store.delete(ACCOUNT, ExpectedState.any());
    var metadata = ProposedEvent.json(RecordedEvent.METADATA_TYPE, "{\"a\":1}");

    store.append(
        List.of(
            new StreamAppend(ACCOUNT, ExpectedState.any(), events("C D")),
            StreamAppend.of(ACCOUNT.metastream(), ExpectedState.any(), metadata),
            new StreamAppend(ORDER, ExpectedState.any(), events("E"))));

    assertThat(types(store.readAll(FORWARDS.from(4)).toList()))
        .isEqualTo("C D $metadata $metadata E");
    assertThat(metadataText(ACCOUNT)).isEqualTo("{\"a\":1,\"$tb\":2}");
    assertThat(letters(ACCOUNT)).isEqualTo("C D");
  }

  @Test
  void a_repeated_append_to_a_metastream_does_not_make_a_deleted_stream_visible() {
    append(ACCOUNT, "A");
    var metadata = ProposedEvent.json(RecordedEvent.METADATA_TYPE, "{\"a\":1}");
    store.append(ACCOUNT.metastream(), ExpectedState.any(), metadata);
    store.delete(ACCOUNT, ExpectedState.any());

    store.append(ACCOUNT.metastream(), ExpectedState.any(), metadata);

    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Deleted(0));
  }

  // ---- closing for ever

  @Test
  void a_tombstone_closes_a_stream_for_ever() {
    append(ACCOUNT, "A B");
    writeMetadata(ACCOUNT, StreamMetadata.none());

    var position = store.tombstone(ACCOUNT, ExpectedState.atRevision(1));

    var tombstone = log().getLast();
    assertThat(tombstone.position()).isEqualTo(position).isEqualTo(4);
    assertThat(tombstone.stream()).isEqualTo(ACCOUNT);
    assertThat(tombstone.revision()).isEqualTo(Long.MAX_VALUE);
    assertThat(tombstone.type()).isEqualTo("$streamDeleted");
    assertThat(tombstone.contentType()).isEqualTo(ContentType.BINARY);
    assertThat(tombstone.data()).isEmpty();
    assertThat(tombstone.metadata()).isEmpty();
    assertThatThrownBy(() -> store.read(ACCOUNT, FORWARDS).toList())
        .isInstanceOfSatisfying(
            StreamTombstonedException.class,
            refusal -> assertThat(refusal.stream()).isEqualTo(ACCOUNT));
    assertThatThrownBy(() -> store.read(ACCOUNT, BACKWARDS.limit(0)).toList())
        .isInstanceOf(StreamTombstonedException.class);
    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Tombstoned());
    assertThat(store.state(ACCOUNT.metastream())).isEqualTo(new StreamState.Tombstoned());
    assertNothingIsWritten(() -> append(ACCOUNT, "C"), StreamTombstonedException.class);
    assertThat(types(store.readAll(FORWARDS).toList()))
        .isEqualTo("$genesis A B $metadata $streamDeleted");
  }

  @Test
  void a_stream_may_be_tombstoned_before_it_was_written() {
    store.tombstone(ACCOUNT, ExpectedState.noStream());

    assertNothingIsWritten(() -> append(ACCOUNT, "A"), StreamTombstonedException.class);
    assertThat(store.state(ACCOUNT)).isEqualTo(new StreamState.Tombstoned());
  }

  @Test
  void a_tombstone_touches_no_other_stream() {
    append(ACCOUNT, "A");
    append(StreamName.of("account-11"), "B");

    store.tombstone(ACCOUNT, ExpectedState.any());

    assertThat(letters(StreamName.of("account-11"))).isEqualTo("B");
  }
}
