// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.disk.DirectoryDisk;
import io.leftfold.engine.index.IndexOptions;
import io.leftfold.engine.index.KeyHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The index of the golden store: kept for ever like its log. What is in it is checked against the
/// log, both read by the documents alone.
///
/// `-Dtests.golden=write` writes it anew while the version is not released.
final class GoldenIndexTest {

  private static final List<String> LOG =
      List.of("chunk-000000.log", "chunk-000001.log", "durable.mark");
  private static final String SEGMENT = "segment-000000000000-000000000008.index";
  private static final int SEGMENT_EVENTS = 8;
  private static final Pattern CORRELATION =
      Pattern.compile("\\{\"\\$correlationId\":\"([^\"]+)\"}");

  @TempDir Path directory;

  private static byte[] golden(String file) throws IOException {
    try (var in = GoldenIndexTest.class.getResourceAsStream("/golden/" + file)) {
      assertThat(in).as(file).isNotNull();
      return java.util.Objects.requireNonNull(in).readAllBytes();
    }
  }

  /// Opens a copy of the golden log, with an index whose tables are full after eight events.
  private LocalEventStore openCopyOfLog() throws IOException {
    var log = Files.createDirectories(directory.resolve("log"));
    for (var file : LOG) {
      Files.write(log.resolve(file), golden("v1/log/" + file));
    }
    return LocalEventStore.on(
        DirectoryDisk.open(log),
        DirectoryDisk.open(directory.resolve("index")),
        EngineOptions.defaults().withChunkBytesMax(4096),
        new IndexOptions(
            SEGMENT_EVENTS, 4, KeyHash.STANDARD, false, false, Long.MAX_VALUE, Runnable::run));
  }

  @Test
  void this_version_writes_the_very_same_bytes() throws IOException {
    openCopyOfLog().close();
    var written = Files.readAllBytes(directory.resolve("index").resolve(SEGMENT));
    if ("write".equals(System.getProperty("tests.golden"))) {
      var target = Files.createDirectories(Path.of("src/test/resources/golden/v2/index"));
      Files.write(target.resolve(SEGMENT), written);
      return;
    }
    assertThat(HexFormat.of().formatHex(written))
        .isEqualTo(HexFormat.of().formatHex(golden("v2/index/" + SEGMENT)));
  }

  @Test
  void the_file_says_of_the_log_what_the_log_says() throws IOException {
    var chunk = FormatV1.chunk(golden("v1/log/chunk-000000.log"));
    var segment = IndexFormatV2.segment(golden("v2/index/" + SEGMENT));
    assertThat(segment.storeId()).isEqualTo(chunk.storeId());
    assertThat(segment.first()).isZero();
    assertThat(segment.end()).isEqualTo(SEGMENT_EVENTS);
    assertThat(segment.lastEvent()).isEqualTo(chunk.records().get(SEGMENT_EVENTS - 1).id());
    var expected = expected(chunk.records().subList(0, SEGMENT_EVENTS));
    for (var kind = 0; kind < expected.size(); kind++) {
      assertThat(segment.positions(kind)).isEqualTo(expected.get(kind));
      assertThat(segment.newKeys().get(kind)).isEqualTo(expected.get(kind).size());
    }
    assertThat(segment.keys()).allMatch(key -> key.revision() == 0);
  }

  private static List<Map<String, List<Long>>> expected(List<FormatV1.EventRecord> records) {
    var kinds = new ArrayList<Map<String, List<Long>>>();
    for (var kind = 0; kind < 6; kind++) {
      kinds.add(new TreeMap<>());
    }
    for (var i = 0; i < records.size(); i++) {
      addKeys(kinds, records.get(i), i);
    }
    return kinds;
  }

  private static void addKeys(
      List<Map<String, List<Long>>> kinds, FormatV1.EventRecord record, long position) {
    add(kinds.get(0), record.stream(), position);
    add(kinds.get(2), record.type(), position);
    record.tags().forEach(tag -> add(kinds.get(3), tag, position));
    var correlation = CORRELATION.matcher(new String(record.metadata(), StandardCharsets.UTF_8));
    if (correlation.matches()) {
      add(kinds.get(4), correlation.group(1), position);
    }
    if (record.stream().startsWith("$")) {
      return;
    }
    var category = StreamName.of(record.stream()).category();
    category.ifPresent(name -> add(kinds.get(1), name, position));
    if (record.revision() == 0) {
      add(kinds.get(5), "", position);
      category.ifPresent(name -> add(kinds.get(5), name, position));
    }
  }

  private static void add(Map<String, List<Long>> keys, String key, long position) {
    keys.computeIfAbsent(key, _ -> new ArrayList<>()).add(position);
  }

  @Test
  void a_file_of_version_1_which_knew_less_is_made_again() throws IOException {
    Files.createDirectories(directory.resolve("index"));
    Files.write(directory.resolve("index").resolve(SEGMENT), golden("v1/index/" + SEGMENT));
    try (var store = openCopyOfLog()) {
      var chunk = FormatV1.chunk(golden("v1/log/chunk-000000.log"));
      var beginnings =
          expected(chunk.records().subList(0, SEGMENT_EVENTS)).get(5).getOrDefault("", List.of());
      assertThat(beginnings).hasSizeGreaterThan(1);
      assertThat(store.read(StreamName.ofStreams(), ReadOptions.forwards()).events())
          .extracting(RecordedEvent::position)
          .startsWith(beginnings.toArray(Long[]::new));
    }
    assertThat(Files.readAllBytes(directory.resolve("index").resolve(SEGMENT)))
        .isEqualTo(golden("v2/index/" + SEGMENT));
  }

  @Test
  void the_file_is_used_and_found_sound() throws IOException {
    Files.createDirectories(directory.resolve("index"));
    Files.write(directory.resolve("index").resolve(SEGMENT), golden("v2/index/" + SEGMENT));
    try (var store = openCopyOfLog()) {
      var state = store.indexState();
      assertThat(state.segments()).isEqualTo(1);
      assertThat(state.segmentEvents()).isEqualTo(SEGMENT_EVENTS);
      assertThat(state.segmentBytes()).isEqualTo(golden("v2/index/" + SEGMENT).length);
      assertThat(state.tableEvents())
          .isEqualTo(store.lastPosition().orElseThrow() + 1 - SEGMENT_EVENTS);
    }
    var report = StoreIndex.verify(directory, StoreCheck.Progress.none());
    assertThat(report.damages()).isEmpty();
    assertThat(report.files()).isEqualTo(1);
    assertThat(report.events()).isEqualTo(SEGMENT_EVENTS);
  }

  @Test
  void the_document_shows_bytes_of_this_file() throws IOException {
    var document = Files.readString(Path.of("..", "docs", "format", "index.md"));
    var bytes = golden("v2/index/" + SEGMENT);
    var lines = document.split("```hex " + SEGMENT + "\n", -1)[1].lines().toList();
    var rows = 0;
    for (var line : lines.subList(0, lines.indexOf("```"))) {
      var offset = Integer.parseInt(line.substring(0, 8), 16);
      var shown = HexFormat.of().parseHex(line.substring(10, 49).replace(" ", ""));
      assertThat(Arrays.copyOfRange(bytes, offset, offset + shown.length))
          .as(line)
          .isEqualTo(shown);
      rows++;
    }
    assertThat(rows).isGreaterThan(20);
  }
}
