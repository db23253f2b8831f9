// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.testkit.ManualClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store of format version 1 that is kept for ever: every later Leftfold reads it, and reads the
/// same in it.
///
/// The files are in `src/test/resources/golden/v1`. They were written by [#write], which is kept to
/// say what is in them; `-Dtests.golden=write` writes them anew while the version is not released.
final class GoldenStoreTest {

  private static final List<String> FILES =
      List.of("chunk-000000.log", "chunk-000001.log", "durable.mark");

  private static final StreamName ACCOUNT = StreamName.of("account-1");
  private static final StreamName OTHER = StreamName.of("account-2");
  private static final StreamName LEDGER = StreamName.of("ledger");
  private static final StreamName UMLAUT = StreamName.of("größe-α-🦊");

  @TempDir Path directory;

  /// The store, step by step, with a clock that does not run by itself.
  private static void write(Path directory) {
    var clock = new ManualClock(Instant.parse("2026-07-17T14:02:00.123456Z"));
    var options =
        EngineOptions.defaults().withChunkBytesMax(4096).withClock(clock).withRandom(new Random(1));
    try (var store = LocalEventStore.open(directory, options)) {
      clock.advance(Duration.ofSeconds(1));
      store.append(
          ACCOUNT,
          ExpectedState.noStream(),
          ProposedEvent.json("Opened", "{\"owner\":\"ann\"}")
              .withId(id(1))
              .withMetadata("{\"$correlationId\":\"c-1\"}")
              .withTags(Tag.of("customer:ann"), Tag.of("branch:7")));
      clock.advance(Duration.ofSeconds(1));
      store.append(
          List.of(
              StreamAppend.of(
                  ACCOUNT,
                  ExpectedState.atRevision(0),
                  ProposedEvent.json("Withdrawn", "{\"cents\":500}").withId(id(2))),
              StreamAppend.of(
                  OTHER,
                  ExpectedState.noStream(),
                  ProposedEvent.json("Opened", "{\"owner\":\"bob\"}").withId(id(3)),
                  ProposedEvent.json("Deposited", "{\"cents\":500}").withId(id(4))),
              StreamAppend.of(
                  LEDGER,
                  ExpectedState.any(),
                  ProposedEvent.binary("Transferred", bytes(0, 256)).withId(id(5)))));
      clock.advance(Duration.ofHours(-1)); // the store's time stays
      store.append(
          UMLAUT, ExpectedState.any(), ProposedEvent.binary("Gemessen", new byte[0]).withId(id(6)));
      clock.advance(Duration.ofHours(2));
      store.writeMetadata(
          ACCOUNT, ExpectedState.noStream(), StreamMetadata.none().withMaxCount(10));
      store.append(LEDGER, ExpectedState.any(), ProposedEvent.link(OTHER, 1).withId(id(7)));
      store.append(
          LEDGER,
          ExpectedState.any(),
          ProposedEvent.binary("Filled", bytes(1, 2000)).withId(id(8)));
      clock.advance(Duration.ofDays(1));
      store.append(
          LEDGER,
          ExpectedState.any(),
          ProposedEvent.binary("Filled", bytes(2, 1000)).withId(id(9)));
      store.delete(OTHER, ExpectedState.atRevision(1));
      store.tombstone(UMLAUT, ExpectedState.any());
    }
  }

  private static UUID id(long n) {
    return new UUID(0x0123456789ab4000L, 0x8000000000000000L | n);
  }

  private static byte[] bytes(int seed, int length) {
    var bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] golden(String file) throws IOException {
    try (var in = GoldenStoreTest.class.getResourceAsStream("/golden/v1/log/" + file)) {
      assertThat(in).as(file).isNotNull();
      return java.util.Objects.requireNonNull(in).readAllBytes();
    }
  }

  private Path copy() throws IOException {
    var log = Files.createDirectories(directory.resolve("log"));
    for (var file : FILES) {
      Files.write(log.resolve(file), golden(file));
    }
    return directory;
  }

  @Test
  void this_version_writes_the_very_same_bytes() throws IOException {
    write(directory);
    if ("write".equals(System.getProperty("tests.golden"))) {
      var target = Files.createDirectories(Path.of("src/test/resources/golden/v1/log"));
      for (var file : FILES) {
        Files.write(target.resolve(file), Files.readAllBytes(directory.resolve("log/" + file)));
      }
      return;
    }
    try (var files = Files.list(directory.resolve("log"))) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted()).isEqualTo(FILES);
    }
    for (var file : FILES) {
      assertThat(HexFormat.of().formatHex(Files.readAllBytes(directory.resolve("log/" + file))))
          .as(file)
          .isEqualTo(HexFormat.of().formatHex(golden(file)));
    }
  }

  @Test
  void the_files_are_what_the_document_says() throws IOException {
    var sealed = FormatV1.chunk(golden("chunk-000000.log"));
    var open = FormatV1.chunk(golden("chunk-000001.log"));
    var mark = FormatV1.mark(golden("durable.mark"));

    assertThat(sealed.number()).isZero();
    assertThat(sealed.firstPosition()).isZero();
    assertThat(sealed.createdMicros()).isEqualTo(1784296920123456L);
    assertThat(sealed.storeId().version()).isEqualTo(4);
    var footer = java.util.Objects.requireNonNull(sealed.footer());
    assertThat(footer.offsets())
        .containsExactly(
            sealed.records().stream().mapToInt(record -> (int) record.offset()).toArray());
    assertThat(footer.firstTimeMicros()).isEqualTo(sealed.commits().getFirst().timeMicros());
    assertThat(footer.lastTimeMicros()).isEqualTo(sealed.commits().getLast().timeMicros());
    assertThat(footer.commitsCrc()).isEqualTo(FormatV1.commitsCrc(sealed.commits()));

    assertThat(open.number()).isEqualTo(1);
    assertThat(open.storeId()).isEqualTo(sealed.storeId());
    assertThat(open.footer()).isNull();
    assertThat(golden("chunk-000001.log")).hasSize(4096);
    assertThat(open.firstPosition()).isEqualTo(sealed.records().size());
    assertThat(mark).isEqualTo(new FormatV1.Mark(1, open.commitsEnd()));

    var commits = new java.util.ArrayList<>(sealed.commits());
    commits.addAll(open.commits());
    var position = 0L;
    for (var commit : commits) {
      assertThat(commit.position()).isEqualTo(position);
      assertThat((long) commit.durableEnd()).isEqualTo(commit.offset());
      position += commit.records().size();
    }
    assertThat(commits).extracting(FormatV1.Commit::timeMicros).isSorted();
    assertThat(commits.get(2).records()).hasSize(4);

    var opened = sealed.records().get(1);
    assertThat(opened.stream()).isEqualTo("account-1");
    assertThat(opened.type()).isEqualTo("Opened");
    assertThat(opened.revision()).isZero();
    assertThat(opened.flags()).as("JSON").isEqualTo(1);
    assertThat(opened.id()).isEqualTo(id(1));
    assertThat(opened.tags()).containsExactly("customer:ann", "branch:7");
    assertThat(text(opened.metadata())).isEqualTo("{\"$correlationId\":\"c-1\"}");
    assertThat(text(opened.data())).isEqualTo("{\"owner\":\"ann\"}");
    var transferred = sealed.records().get(5);
    assertThat(transferred.flags()).as("binary").isZero();
    assertThat(transferred.data()).isEqualTo(bytes(0, 256));
    assertThat(sealed.records().get(6).stream()).isEqualTo(UMLAUT.value());
    var tombstone = open.records().getLast();
    assertThat(tombstone.type()).isEqualTo("$streamDeleted");
    assertThat(tombstone.revision()).isEqualTo(Long.MAX_VALUE);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void the_document_shows_bytes_of_these_files() throws IOException {
    var document = Files.readString(Path.of("..", "docs", "format", "log.md"));
    var rows = 0;
    for (var block : document.split("```hex ", -1)) {
      var lines = block.lines().toList();
      if (!FILES.contains(lines.getFirst())) {
        continue;
      }
      var bytes = golden(lines.getFirst());
      for (var line : lines.subList(1, lines.indexOf("```"))) {
        var offset = Integer.parseInt(line.substring(0, 8), 16);
        var shown = HexFormat.of().parseHex(line.substring(10, 49).replace(" ", ""));
        assertThat(Arrays.copyOfRange(bytes, offset, offset + shown.length))
            .as(line)
            .isEqualTo(shown);
        rows++;
      }
    }
    assertThat(rows).isGreaterThan(20);
  }

  @Test
  void the_store_reads_what_the_files_say() throws IOException {
    var records = new TreeMap<Long, FormatV1.EventRecord>();
    var times = new TreeMap<Long, Long>();
    for (var file : FILES.subList(0, 2)) {
      for (var commit : FormatV1.chunk(golden(file)).commits()) {
        for (var record : commit.records()) {
          times.put((long) records.size(), commit.timeMicros());
          records.put((long) records.size(), record);
        }
      }
    }
    try (var store =
        LocalEventStore.open(copy(), EngineOptions.defaults().withChunkBytesMax(4096))) {
      assertThat(store.recovery()).isEmpty();
      var events = store.readAll(ReadOptions.forwards()).events();
      assertThat(events).hasSize(records.size());
      for (var event : events) {
        assertIs(
            event,
            java.util.Objects.requireNonNull(records.get(event.position())),
            java.util.Objects.requireNonNull(times.get(event.position())));
      }
    }
  }

  private static void assertIs(RecordedEvent event, FormatV1.EventRecord record, long timeMicros) {
    assertThat(event.stream().value()).isEqualTo(record.stream());
    assertThat(event.revision()).isEqualTo(record.revision());
    assertThat(event.id()).isEqualTo(record.id());
    assertThat(event.type()).isEqualTo(record.type());
    assertThat(event.contentType())
        .isEqualTo((record.flags() & 1) != 0 ? ContentType.JSON : ContentType.BINARY);
    assertThat(event.recorded())
        .isEqualTo(Instant.EPOCH.plus(timeMicros, java.time.temporal.ChronoUnit.MICROS));
    assertThat(event.data()).isEqualTo(record.data());
    assertThat(event.metadata()).isEqualTo(record.metadata());
    assertThat(event.tags()).extracting(Tag::value).isEqualTo(record.tags());
  }

  @Test
  void the_store_is_sound_and_takes_more() throws IOException {
    var before = StoreCheck.check(copy(), StoreCheck.Progress.none());
    assertThat(before.damages()).isEmpty();
    assertThat(before.notes()).isEmpty();
    try (var store =
        LocalEventStore.open(directory, EngineOptions.defaults().withChunkBytesMax(4096))) {
      store.append(ACCOUNT, ExpectedState.atRevision(1), ProposedEvent.json("Closed", "{}"));
    }
    var after = StoreCheck.check(directory, StoreCheck.Progress.none());
    assertThat(after.damages()).isEmpty();
    assertThat(after.events()).isEqualTo(before.events() + 1);
  }
}
