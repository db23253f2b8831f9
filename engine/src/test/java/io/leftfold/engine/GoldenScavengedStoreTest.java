// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.Tag;
import io.leftfold.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A scavenged store, with a chunk of format version 2, that is kept for ever: every later Leftfold
/// reads it, and reads the same in it. `-Dtests.golden=write` writes it anew while the version is
/// not released.
final class GoldenScavengedStoreTest {

  private static final String SCAVENGED = "chunk-000000.1.log";
  private static final List<String> FILES = List.of(SCAVENGED, "chunk-000001.log", "durable.mark");

  private static final StreamName COUNTED = StreamName.of("account-counted");
  private static final StreamName DELETED = StreamName.of("account-deleted");
  private static final StreamName TOMBSTONED = StreamName.of("tombstoned");

  @TempDir Path directory;

  private static EngineOptions options(ManualClock clock) {
    return EngineOptions.defaults()
        .withChunkBytesMax(4096)
        .withClock(clock)
        .withRandom(new Random(1));
  }

  private static void write(Path directory) throws InterruptedException {
    var clock = new ManualClock(Instant.parse("2026-07-17T14:02:00.123456Z"));
    try (var store = LocalEventStore.open(directory, options(clock))) {
      for (var i = 0; i < 3; i++) {
        clock.advance(Duration.ofSeconds(1));
        // One commit, of which the first and the last event stay.
        store.append(
            List.of(
                StreamAppend.of(StreamName.of("plain"), ExpectedState.any(), event(10 * i)),
                StreamAppend.of(COUNTED, ExpectedState.any(), event(10 * i + 1)),
                StreamAppend.of(DELETED, ExpectedState.any(), event(10 * i + 2)),
                StreamAppend.of(TOMBSTONED, ExpectedState.any(), event(10 * i + 3)),
                StreamAppend.of(StreamName.of("plain-2"), ExpectedState.any(), event(10 * i + 4))));
      }
      store.writeMetadata(COUNTED, ExpectedState.any(), StreamMetadata.none().withMaxCount(1));
      store.delete(DELETED, ExpectedState.any());
      store.tombstone(TOMBSTONED, ExpectedState.any());
      store.append(
          StreamName.of("filler"),
          ExpectedState.any(),
          ProposedEvent.binary("Filled", new byte[2000]).withId(id(100)));
      var ended = store.scavenge(ScavengeOptions.defaults()).await();
      assertThat(ended.chunksRewritten()).as(ended.reason()).isEqualTo(1);
    }
  }

  private static ProposedEvent event(int n) {
    return ProposedEvent.json("Happened", "{\"n\":%d}".formatted(n))
        .withId(id(n))
        .withMetadata("{\"by\":\"ann\"}")
        .withTags(Tag.of("n:" + n));
  }

  private static UUID id(long n) {
    return new UUID(0x0123456789ab4000L, 0x8000000000000000L | n);
  }

  private static byte[] golden(String file) throws IOException {
    try (var in = GoldenScavengedStoreTest.class.getResourceAsStream("/golden/v2/log/" + file)) {
      assertThat(in).as(file).isNotNull();
      return Objects.requireNonNull(in).readAllBytes();
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
  void this_version_writes_the_very_same_bytes() throws Exception {
    write(directory);
    if ("write".equals(System.getProperty("tests.golden"))) {
      var target = Files.createDirectories(Path.of("src/test/resources/golden/v2/log"));
      for (var file : FILES) {
        Files.write(target.resolve(file), Files.readAllBytes(directory.resolve("log/" + file)));
      }
      return;
    }
    for (var file : FILES) {
      assertThat(Files.readAllBytes(directory.resolve("log/" + file)))
          .as(file)
          .isEqualTo(golden(file));
    }
  }

  @Test
  void the_scavenged_file_is_what_the_document_says() throws IOException {
    var chunk = FormatV1.chunk(golden(SCAVENGED));
    assertThat(chunk.generation()).isEqualTo(1);
    var footer = Objects.requireNonNull(chunk.footer());
    assertThat(footer.commitsCrc()).isEqualTo(FormatV1.commitsCrc(chunk.commits()));
    assertThat(footer.kept()).isEqualTo(chunk.records().size());
    assertThat(footer.kinds())
        .containsExactlyInAnyOrder(
            new FormatV1.Kind("account", "Happened", true),
            new FormatV1.Kind("account", "Happened", false),
            new FormatV1.Kind(null, "Happened", true),
            new FormatV1.Kind(null, "Happened", false));
    assertThat(footer.point()).isGreaterThanOrEqualTo(footer.offsets().length);

    var kept = 0;
    for (var run : chunk.commits()) {
      var commitFirst = run.position() - run.durableEnd();
      assertThat(commitFirst).isLessThanOrEqualTo(run.position());
      for (var record : run.records()) {
        assertThat(footer.offsets()[(int) run.position() + run.records().indexOf(record)])
            .isEqualTo((int) record.offset());
        kept++;
      }
    }
    assertThat(kept).isEqualTo(footer.kept());
    for (var offset : footer.offsets()) {
      assertThat(offset < 0 ? -1 - offset : 0).isLessThan(footer.kinds().size());
    }
    // The first commit: its first event and its last one.
    assertThat(chunk.commits().get(1).position()).isEqualTo(1);
    assertThat(chunk.commits().get(2).position()).isEqualTo(5);
    assertThat(chunk.commits().get(2).durableEnd()).isEqualTo(4);

    var emptied = chunk.records().stream().filter(record -> (record.flags() & 2) != 0).toList();
    assertThat(emptied)
        .singleElement()
        .satisfies(record -> {
          assertThat(record.stream()).isEqualTo(DELETED.value());
          assertThat(record.revision()).isEqualTo(2);
          assertThat(record.type()).isEqualTo("Happened");
          assertThat(record.id()).isEqualTo(new UUID(0, 0));
          assertThat(record.tags()).isEmpty();
          assertThat(record.metadata()).isEmpty();
          assertThat(record.data()).isEmpty();
        });
  }

  @Test
  void the_store_reads_it_and_takes_more() throws IOException {
    try (var store = LocalEventStore.open(copy(), options(new ManualClock(Instant.now())))) {
      assertThat(store.read(COUNTED, ReadOptions.forwards()).events())
          .extracting(RecordedEvent::revision)
          .containsExactly(2L);
      assertThat(store.state(DELETED)).isEqualTo(new StreamState.Deleted(2));
      assertThat(store.state(TOMBSTONED)).isEqualTo(new StreamState.Tombstoned());
      assertThat(store.read(StreamName.of("$ce-account"), ReadOptions.forwards()).events())
          .extracting(RecordedEvent::revision)
          .containsExactly(4L);
      assertThat(store.read(StreamName.of("$streams"), ReadOptions.forwards()).events())
          .as("numbers in $streams stay, for the forgotten are counted")
          .extracting(RecordedEvent::revision)
          .containsExactly(0L, 4L, 5L);
      store.append(DELETED, ExpectedState.noStream(), event(200));
      assertThat(store.read(DELETED, ReadOptions.forwards()).events())
          .extracting(RecordedEvent::revision)
          .containsExactly(3L);
    }
    var report = StoreCheck.check(directory, StoreCheck.Progress.none());
    assertThat(report.damages()).isEmpty();
    assertThat(report.notes()).contains("8 events were forgotten by scavenges");
  }
}
