// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.log.EncodedRecords;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.LogOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A log with an index and nothing above them, and beside them plain maps that say what the index
/// has to say.
final class IndexRig implements AutoCloseable {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-07-17T14:02:00Z"), ZoneOffset.UTC);

  final Random random;
  final Disk disk;
  IndexOptions options;
  Log log;
  Index index;

  private final Map<KeyKind, SortedMap<String, List<Long>>> model = new HashMap<>();
  private final Map<String, Long> nextRevisions = new HashMap<>();

  IndexRig(long seed, Disk disk, IndexOptions options) throws IOException {
    this.random = new Random(seed);
    this.disk = disk;
    this.options = options;
    for (var kind : KeyKind.values()) {
      model.put(kind, new TreeMap<>());
    }
    this.log = openLog();
    this.index = Index.open(disk, log, options);
    index.start();
  }

  /// An index that works while it is written, so that nothing depends on threads.
  static IndexOptions options(int tableEvents, int mergedSegments) {
    return new IndexOptions(
        tableEvents, mergedSegments, KeyHash.STANDARD, false, false, Long.MAX_VALUE, Runnable::run);
  }

  static IndexOptions withHash(IndexOptions options, KeyHash hash) {
    return new IndexOptions(
        options.tableEvents(),
        options.mergedSegments(),
        hash,
        false,
        false,
        options.atOpeningMax(),
        options.executor());
  }

  static IndexOptions readOnly(IndexOptions options) {
    return new IndexOptions(
        options.tableEvents(),
        options.mergedSegments(),
        options.hash(),
        true,
        false,
        options.atOpeningMax(),
        options.executor());
  }

  private Log openLog() throws IOException {
    return Log.open(
        disk,
        new LogOptions(64 << 10, true, options.readOnly()),
        () -> new UUID(random.nextLong(), random.nextLong()),
        CLOCK);
  }

  /// An event to be appended.
  ///
  /// @param correlation the id in its metadata; null for none
  record Event(String stream, String type, List<String> tags, @Nullable String correlation) {
    Event(String stream, String type, List<String> tags) {
      this(stream, type, tags, null);
    }

    byte[] metadata() {
      return correlation == null
          ? new byte[0]
          : "{\"$correlationId\":\"%s\"}".formatted(correlation).getBytes(StandardCharsets.UTF_8);
    }
  }

  /// An event in the log that is not in the index yet.
  private record Placed(long position, long revision, Event event) {}

  void append(List<Event> batch) throws IOException {
    var writer = log.writer();
    var placed = new ArrayList<Placed>();
    for (var event : batch) {
      var proposed =
          ProposedEvent.json(event.type, "{}")
              .withId(new UUID(random.nextLong(), random.nextLong()))
              .withMetadata(event.metadata())
              .withTags(event.tags.stream().map(Tag::of).toArray(Tag[]::new));
      var records = EncodedRecords.of(StreamName.of(event.stream), List.of(proposed));
      if (!writer.fits(records.byteCount(), records.count())) {
        publish(placed);
        writer.roll(records.byteCount(), records.count());
      }
      var revision = nextRevisions.getOrDefault(event.stream, 0L);
      writer.begin();
      placed.add(new Placed(writer.add(records, revision), revision, event));
      writer.end();
      nextRevisions.put(event.stream, revision + 1);
    }
    publish(placed);
  }

  private void publish(List<Placed> placed) throws IOException {
    log.writer().flush();
    for (var one : placed) {
      var name = StreamName.of(one.event.stream);
      index.add(
          one.position,
          name,
          one.revision,
          one.event.type,
          one.event.tags.stream().map(Tag::of).toList(),
          one.event.correlation);
      remember(KeyKind.STREAM, one.event.stream, one.position);
      remember(KeyKind.TYPE, one.event.type, one.position);
      one.event.tags.forEach(tag -> remember(KeyKind.TAG, tag, one.position));
      if (!name.isSystem()) {
        name.category().ifPresent(category -> remember(KeyKind.CATEGORY, category, one.position));
      }
      if (!name.isSystem() && one.revision == 0) {
        remember(KeyKind.BEGINNINGS, "", one.position);
        name.category().ifPresent(category -> remember(KeyKind.BEGINNINGS, category, one.position));
      }
      if (one.event.correlation != null && !one.event.type.equals(RecordedEvent.LINK_TYPE)) {
        remember(KeyKind.CORRELATION, one.event.correlation, one.position);
      }
    }
    placed.clear();
    log.writer().publish();
  }

  private void remember(KeyKind kind, String key, long position) {
    keys(kind).computeIfAbsent(key, _ -> new ArrayList<>()).add(position);
  }

  SortedMap<String, List<Long>> keys(KeyKind kind) {
    return java.util.Objects.requireNonNull(model.get(kind));
  }

  /// Closes index and log, so that their files can be tampered with.
  void stop() throws IOException {
    index.close();
    log.close();
  }

  void reopen(IndexOptions options) throws IOException {
    stop();
    this.options = options;
    log = openLog();
    index = Index.open(disk, log, options);
    index.start();
  }

  Postings ask(KeyKind kind, String key) {
    return switch (kind) {
      case STREAM -> index.stream(key);
      case CATEGORY -> index.category(key);
      case TYPE -> index.type(key);
      case TAG -> index.tag(key);
      case CORRELATION -> index.correlation(key);
      case BEGINNINGS -> key.isEmpty() ? index.streamStarts() : index.streamStarts(key);
    };
  }

  /// Everything the index says is what the maps say.
  void check() {
    for (var kind : KeyKind.values()) {
      keys(kind).forEach((key, positions) -> check(kind, key, ask(kind, key), positions));
      check(kind, "absent", ask(kind, "absent"), List.of());
    }
    var counts = index.keyCounts();
    assertThat(counts)
        .isEqualTo(
            new Index.KeyCounts(
                keys(KeyKind.STREAM).size(),
                keys(KeyKind.CATEGORY).size(),
                keys(KeyKind.TYPE).size(),
                keys(KeyKind.TAG).size()));
    checkNames();
  }

  void check(KeyKind kind, String key, Postings postings, List<Long> positions) {
    var what = kind + " " + key;
    var end = log.end();
    assertThat(postings.countBelow(end)).as(what).isEqualTo(positions.size());
    for (var i = 0; i < positions.size(); i++) {
      assertThat(postings.at(i)).as("%s, ordinal %d", what, i).isEqualTo(positions.get(i));
    }
    for (var i = 0; i < 10; i++) {
      var position = random.nextLong(end + 1);
      var below = positions.stream().filter(p -> p < position).count();
      assertThat(postings.countBelow(position)).as("%s below %d", what, position).isEqualTo(below);
      assertThat(postings.ordinalOf(position, positions.size())).as(what).isEqualTo(below);
      var among = random.nextLong(positions.size() + 1L);
      assertThat(postings.ordinalOf(position, among)).as(what).isEqualTo(Math.min(below, among));
      if (!positions.isEmpty()) {
        var ordinal = random.nextInt(positions.size());
        assertThat(postings.at(ordinal)).as(what).isEqualTo(positions.get(ordinal));
      }
    }
    if (postings instanceof StreamPostings stream) {
      assertThat(stream.isRegular()).as("%s is regular", what).isTrue();
    }
  }

  private void checkNames() {
    var all = new TreeSet<>(keys(KeyKind.STREAM).keySet());
    assertThat(names(index.streamNames("", ""))).isEqualTo(List.copyOf(all));
    assertThat(names(index.typeNames())).isEqualTo(List.copyOf(keys(KeyKind.TYPE).keySet()));
    assertThat(names(index.categoryNames()))
        .isEqualTo(List.copyOf(keys(KeyKind.CATEGORY).keySet()));
    for (var i = 0; i < 10; i++) {
      var one = List.copyOf(all).get(random.nextInt(all.size()));
      var prefix = one.substring(0, one.offsetByCodePoints(0, random.nextInt(2)));
      var from = List.copyOf(all).get(random.nextInt(all.size()));
      assertThat(names(index.streamNames(prefix, from)))
          .as("from %s, beginning with %s", from, prefix)
          .isEqualTo(
              all.stream()
                  .filter(name -> name.startsWith(prefix) && name.compareTo(from) >= 0)
                  .toList());
      checkFewNames(prefix, all.stream().filter(name -> name.startsWith(prefix)).toList());
    }
  }

  private void checkFewNames(String prefix, List<String> expected) {
    assertThat(index.streamNames(prefix, expected.size())).contains(expected);
    if (!expected.isEmpty()) {
      assertThat(index.streamNames(prefix, random.nextInt(expected.size()))).isEmpty();
    }
  }

  private static List<String> names(Iterator<String> all) {
    var names = new ArrayList<String>();
    all.forEachRemaining(names::add);
    return names;
  }

  @Override
  public void close() throws IOException {
    stop();
  }
}
