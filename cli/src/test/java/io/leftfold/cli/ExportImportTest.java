// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.Tag;
import io.leftfold.engine.Durability;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportImportTest {

  private static final String ID = "\"id\":\"11111111-1111-4111-8111-11111111111%d\"";

  @TempDir private Path directory;
  private TestShell shell;

  @BeforeEach
  void openShell() {
    shell = new TestShell(directory);
  }

  @Test
  void whatever_was_exported_is_imported_to_the_byte_and_in_order() throws IOException {
    try (var store = openFast()) {
      fill(store, new Random(5), 3000);
    }

    assertThat(shell.run("export", "all.ndjson", "--data", "old").code()).isZero();
    var result = shell.run("import", "all.ndjson", "--data", "new");

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .isEqualTo("Imported 3,000 events; passed over 0 that were there already.\n");
    assertThat(facts("new")).isEqualTo(facts("old"));
  }

  @Test
  void importing_twice_adds_nothing() throws IOException {
    try (var store = openFast()) {
      fill(store, new Random(6), 500);
    }
    shell.run("export", "all.ndjson", "--data", "old");
    shell.run("import", "all.ndjson", "--data", "new");
    var before = facts("new");

    var again = shell.run("import", "all.ndjson", "--json", "--data", "new");

    assertThat(again.code()).isZero();
    assertThat(again.out()).isEqualTo("{\"appended\":0,\"alreadyThere\":500,\"stopped\":false}\n");
    assertThat(facts("new")).isEqualTo(before);
  }

  @Test
  void half_an_import_is_completed_by_the_next() throws IOException {
    try (var store = openFast()) {
      fill(store, new Random(7), 400);
    }
    shell.run("export", "all.ndjson", "--data", "old");
    var lines = Files.readAllLines(directory.resolve("all.ndjson"));
    Files.write(directory.resolve("half.ndjson"), lines.subList(0, 217));
    shell.run("import", "half.ndjson", "--data", "new");

    shell.run("import", "all.ndjson", "--data", "new");

    assertThat(facts("new")).isEqualTo(facts("old"));
  }

  @Test
  void deleted_and_tombstoned_streams_and_metadata_come_along_and_stay_so() {
    var gone = StreamName.of("gone");
    var hidden = StreamName.of("hidden");
    var kept = StreamName.of("kept");
    try (var store = LocalEventStore.open(directory.resolve("old"))) {
      for (var stream : List.of(gone, hidden, kept)) {
        store.append(stream, ExpectedState.any(), ProposedEvent.json("T", "{}"));
      }
      store.tombstone(gone, ExpectedState.any());
      store.delete(hidden, ExpectedState.any());
      store.writeMetadata(
          kept,
          ExpectedState.any(),
          StreamMetadata.none().withMaxCount(10).withCustom("owner", "\"me\""));
    }
    shell.run("export", "all.ndjson", "--data", "old");

    for (var i = 0; i < 2; i++) {
      var result = shell.run("import", "all.ndjson", "--data", "new");
      assertThat(result.err()).isEmpty();
      assertThat(result.code()).isZero();
      try (var store = LocalEventStore.open(directory.resolve("new"))) {
        assertThat(store.state(gone)).isEqualTo(new StreamState.Tombstoned());
        assertThat(store.state(hidden)).isEqualTo(new StreamState.Deleted(0));
        assertThat(store.metadata(kept).metadata().maxCount()).hasValue(10);
        assertThat(store.metadata(kept).metadata().custom()).containsEntry("owner", "\"me\"");
        assertThat(store.lastPosition()).hasValue(6L);
      }
    }
  }

  @Test
  void one_stream_can_be_exported_through_a_pipe() {
    shell.run("append", "a", "1", "--type", "T", "--data", "old");
    shell.run("append", "b", "2", "--type", "T", "--data", "old");

    var exported = shell.run("export", "--stream", "b", "--data", "old").out();
    assertThat(exported).contains("\"data\":2").doesNotContain("\"data\":1");
    shell.runWith(exported, "import", "-", "--data", "new");

    assertThat(shell.run("streams", "--data", "new").lines()).hasSize(2);
  }

  @Test
  void a_file_that_is_there_is_not_overwritten() throws IOException {
    shell.run("append", "a", "1", "--type", "T", "--data", "old");
    Files.writeString(directory.resolve("precious"), "mine");

    var result = shell.run("export", "precious", "--data", "old");

    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("precious is there already");
    assertThat(directory.resolve("precious")).hasContent("mine");
  }

  @Test
  void a_bad_line_is_named_and_nothing_behind_it_is_applied() {
    var good1 = "{\"stream\":\"a\",\"type\":\"T\",%s,\"data\":1}\n".formatted(ID.formatted(1));
    var good2 = "{\"stream\":\"a\",\"type\":\"T\",%s,\"data\":2}\n".formatted(ID.formatted(2));
    var input = good1 + "\n" + "{\"stream\":\"a\",\"type\":\"T\",\"dta\":7}\n" + good2;

    var result = shell.runWith(input, "import", "-", "--data", "d");

    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err())
        .contains("Imported 1 events")
        .contains("Line 3 of -: Field \"dta\" is unknown")
        .doesNotContain("\tat ");
    assertThat(shell.run("read", "a", "--data", "d").lines()).hasSize(2);
  }

  @Test
  void a_line_without_an_id_needs_leave_to_get_one() {
    var line = "{\"stream\":\"a\",\"type\":\"T\"}\n";
    var refused = shell.runWith(line, "import", "-", "--data", "d");
    assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
    assertThat(refused.err())
        .contains("Line 1")
        .contains("\"id\" is missing")
        .contains("--new-ids");

    assertThat(shell.runWith(line, "import", "-", "--new-ids", "--data", "d").code()).isZero();
  }

  @Test
  void an_event_too_large_for_the_store_is_named_by_its_line() {
    var large = "x".repeat(17 << 20);
    var input =
        "{\"stream\":\"a\",\"type\":\"T\",%s}\n".formatted(ID.formatted(1))
            + "{\"stream\":\"a\",\"type\":\"T\",%s,\"data\":\"%s\"}\n"
                .formatted(ID.formatted(2), large);

    var result = shell.runWith(input, "import", "-", "--data", "d");

    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err())
        .contains("Imported 1 events")
        .contains("Line 2 was not appended")
        .contains("at most");
  }

  @Test
  void a_stopped_import_says_how_to_go_on() {
    var stop = new Stop();
    stop.request();
    var input = "{\"stream\":\"a\",\"type\":\"T\",%s}\n".formatted(ID.formatted(1));

    var result =
        shell.runWith(input.getBytes(StandardCharsets.UTF_8), stop, "import", "-", "--data", "d");

    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.out()).contains("Imported 0 events").contains("Import the same file again");
  }

  @Test
  void import_needs_to_know_from_where() {
    var result = shell.run("import", "--data", "d");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err())
        .contains("Name a file, - for standard input, git <repository>, or the connection string");
    assertThat(shell.run("import", "absent.ndjson", "--data", "d").err())
        .contains("absent.ndjson does not exist");
  }

  private LocalEventStore openFast() {
    return LocalEventStore.open(
        directory.resolve("old"), EngineOptions.defaults().withDurability(Durability.OS));
  }

  private static void fill(EventStore store, Random random, int events) {
    String[] json = {
      "{}",
      "null",
      "true",
      "-0.10e5",
      "\"text with \\n escape and ü\"",
      "[1, 2 ,3]",
      "{\"a\":1,\"a\":2}",
      "{\n  \"pretty\": true\n}",
      " 7",
      "not json",
      "\"lone\u2028separator\"",
      ""
    };
    for (var i = 0; i < events; i++) {
      var data = json[random.nextInt(json.length)].getBytes(StandardCharsets.UTF_8);
      if (random.nextInt(5) == 0) {
        data = new byte[random.nextInt(50)];
        random.nextBytes(data);
      }
      var metadata = json[random.nextInt(json.length)].getBytes(StandardCharsets.UTF_8);
      var tags = new ArrayList<Tag>();
      for (var tag = random.nextInt(3); tag > 0; tag--) {
        tags.add(Tag.of("tag", "%d \"quoted\" ü".formatted(tag)));
      }
      store.append(
          StreamName.of("stream \"%d\" ü".formatted(random.nextInt(40))),
          ExpectedState.any(),
          new ProposedEvent(
              new UUID(random.nextLong(), random.nextLong()),
              "Type" + random.nextInt(5),
              random.nextBoolean() ? ContentType.JSON : ContentType.BINARY,
              data,
              metadata,
              tags));
    }
  }

  /// All that an export must keep.
  private List<String> facts(String data) {
    try (var store = LocalEventStore.open(directory.resolve(data))) {
      return store.readAll(ReadOptions.forwards()).events().stream()
          .filter(event -> !event.stream().isSystem())
          .map(ExportImportTest::fact)
          .toList();
    }
  }

  private static String fact(RecordedEvent event) {
    return "%d %s %d %s %s %s %s %s %s"
        .formatted(
            event.position(),
            event.stream(),
            event.revision(),
            event.id(),
            event.type(),
            event.contentType(),
            new String(event.data(), StandardCharsets.ISO_8859_1),
            new String(event.metadata(), StandardCharsets.ISO_8859_1),
            event.tags());
  }
}
