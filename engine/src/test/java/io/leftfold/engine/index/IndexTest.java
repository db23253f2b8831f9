// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.RecordedEvent;
import io.leftfold.engine.QuietEngine;
import io.leftfold.engine.Seeds;
import io.leftfold.engine.disk.MemoryDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The index against plain maps.
@ExtendWith(QuietEngine.class)
final class IndexTest {

  private static final List<String> STREAMS =
      List.of(
          "a",
          "account-1",
          "account-10",
          "account-2",
          "größe-α",
          "\uFF5E-after the foxes",
          "🦊-1",
          "🦊-2",
          "\uE000-between",
          "$system-1",
          "$$account-1",
          "-",
          "order-" + "x".repeat(300),
          "order-" + "x".repeat(301));

  private static List<IndexRig.Event> batch(Random random, int size) {
    var batch = new ArrayList<IndexRig.Event>();
    for (var i = 0; i < size; i++) {
      var stream =
          random.nextBoolean()
              ? STREAMS.get(random.nextInt(STREAMS.size()))
              : "many-" + random.nextInt(400);
      var tags = new ArrayList<String>();
      if (random.nextInt(3) == 0) {
        tags.add("common");
      }
      if (random.nextInt(3) == 0) {
        tags.add("rare:" + random.nextInt(100));
      }
      var type = random.nextInt(20) == 0 ? RecordedEvent.LINK_TYPE : "Type" + random.nextInt(3);
      var correlation = random.nextInt(4) == 0 ? "order " + random.nextInt(50) : null;
      batch.add(new IndexRig.Event(stream, type, tags, correlation));
    }
    return batch;
  }

  private static void appendAndCheck(IndexRig rig, int batches) throws IOException {
    for (var i = 0; i < batches; i++) {
      rig.append(batch(rig.random, 1 + rig.random.nextInt(40)));
      if (i % 7 == 0) {
        rig.check();
      }
    }
    rig.check();
  }

  @Test
  void it_says_what_plain_maps_say_whatever_is_in_memory_or_merged() {
    Seeds.each(
        12,
        seed -> {
          var random = new Random(seed);
          var options = IndexRig.options(1 + random.nextInt(100), 2 + random.nextInt(4));
          try (var rig = new IndexRig(seed, new MemoryDisk(), options)) {
            appendAndCheck(rig, 40);
            rig.reopen(options);
            rig.check();
            appendAndCheck(rig, 10);
            rig.reopen(IndexRig.readOnly(options));
            rig.check();
          }
        });
  }

  @Test
  void names_that_collide_share_no_result() {
    Seeds.each(
        4,
        seed -> {
          KeyHash same = (_, _) -> 0x1234_5678_9ABC_DEF0L;
          KeyHash few = (key, length) -> KeyHash.mix(key[length - 1] & 1);
          for (var hash : List.of(same, few)) {
            var options = IndexRig.withHash(IndexRig.options(50, 3), hash);
            try (var rig = new IndexRig(seed, new MemoryDisk(), options)) {
              appendAndCheck(rig, 20);
              rig.reopen(options);
              rig.check();
            }
          }
        });
  }

  @Test
  void postings_that_are_kept_grow_while_tables_become_segments_and_segments_are_merged()
      throws IOException {
    try (var rig = new IndexRig(7, new MemoryDisk(), IndexRig.options(20, 2))) {
      var kept = rig.index.stream("account-1");
      var category = rig.index.category("account");
      for (var i = 0; i < 60; i++) {
        rig.append(batch(rig.random, 10));
        rig.check(
            KeyKind.STREAM,
            "account-1",
            kept,
            rig.keys(KeyKind.STREAM).getOrDefault("account-1", List.of()));
        rig.check(
            KeyKind.CATEGORY,
            "account",
            category,
            rig.keys(KeyKind.CATEGORY).getOrDefault("account", List.of()));
      }
    }
  }

  @Test
  void who_asks_for_it_has_all_segments_merged_and_finds_what_was_there() throws IOException {
    try (var rig = new IndexRig(11, new MemoryDisk(), IndexRig.options(10, 4))) {
      for (var i = 0; i < 100; i++) {
        rig.append(batch(rig.random, 10));
      }
      var before = rig.index.state();
      assertThat(before.segments()).isGreaterThan(3);

      rig.index.mergeAll();

      var merged = rig.index.state();
      assertThat(merged.segments()).isEqualTo(1);
      assertThat(merged.segmentEvents()).isEqualTo(before.segmentEvents());
      assertThat(merged.failure()).isEmpty();
      rig.check();
      rig.index.mergeAll();
      assertThat(rig.index.state().segments()).isEqualTo(1);
      appendAndCheck(rig, 30);
      rig.reopen(IndexRig.options(10, 4));
      rig.check();
    }
  }

  @Test
  void there_are_at_most_three_segments_a_tier() throws IOException {
    try (var rig = new IndexRig(8, new MemoryDisk(), IndexRig.options(10, 4))) {
      for (var i = 0; i < 300; i++) {
        rig.append(batch(rig.random, 10));
      }
      var state = rig.index.state();
      // 299 tables of 10 events: 1·4⁴ + 0·4³ + 2·4² + 2·4 + 3
      assertThat(state.segments()).isEqualTo(1 + 2 + 2 + 3);
      assertThat(state.segmentEvents()).isEqualTo(2990);
      assertThat(state.tables()).isEqualTo(1);
      assertThat(SegmentFiles.names(rig.disk)).hasSize(state.segments());
      rig.check();
    }
  }

  @Test
  void opening_reads_only_so_much_of_the_log_however_large_events_are() throws IOException {
    var options = IndexRig.options(IndexOptions.TABLE_EVENTS, 4).withTableBytes(5000);
    try (var rig = new IndexRig(8, new MemoryDisk(), options)) {
      for (var i = 0; i < 200; i++) {
        rig.append(batch(rig.random, 10));
        var state = rig.index.state();
        assertThat(rig.log.bytesBetween(state.segmentEvents(), rig.log.end())).isLessThan(10_000);
      }
      assertThat(rig.index.state().segments()).isPositive().isLessThan(4);
      rig.reopen(options);
      assertThat(rig.index.state().tableEvents()).isLessThan(200);
      rig.check();
    }
  }

  @Test
  void without_files_it_is_read_from_the_log() throws IOException {
    var disk = new MemoryDisk();
    var options = IndexRig.options(30, 3);
    try (var rig = new IndexRig(9, disk, options)) {
      appendAndCheck(rig, 30);
      rig.stop();
      for (var name : SegmentFiles.names(disk)) {
        disk.delete(name);
      }
      rig.reopen(IndexRig.readOnly(options));
      rig.check();
      assertThat(SegmentFiles.names(disk)).isEmpty();
      rig.reopen(options);
      rig.check();
      assertThat(rig.index.state().segments()).isPositive();
    }
  }

  @Test
  void a_gap_is_read_from_the_log() {
    Seeds.each(
        10,
        seed -> {
          var disk = new MemoryDisk();
          var options = IndexRig.options(30, 4);
          try (var rig = new IndexRig(seed, disk, options)) {
            appendAndCheck(rig, 30);
            rig.stop();
            for (var name : SegmentFiles.names(disk)) {
              if (rig.random.nextInt(3) == 0) {
                disk.delete(name);
              }
            }
            rig.reopen(IndexRig.readOnly(options));
            rig.check();
            rig.reopen(options);
            rig.check();
            appendAndCheck(rig, 5);
          }
        });
  }

  @Test
  void segments_of_another_log_are_not_believed() throws IOException {
    var disk = new MemoryDisk();
    var other = new MemoryDisk();
    var options = IndexRig.options(30, 4);
    try (var rig = new IndexRig(10, disk, options);
        var stranger = new IndexRig(11, other, options)) {
      appendAndCheck(rig, 30);
      appendAndCheck(stranger, 30);
      rig.stop();
      copySegments(other, disk);
      rig.reopen(options);
      rig.check();
    }
  }

  @Test
  void segments_that_reach_beyond_the_log_are_not_believed() throws IOException {
    var disk = new MemoryDisk();
    var longer = new MemoryDisk();
    var options = IndexRig.options(30, 4);
    try (var rig = new IndexRig(12, disk, options);
        var same = new IndexRig(12, longer, options)) {
      appendAndCheck(rig, 12);
      appendAndCheck(same, 12);
      assertThat(same.log.storeId()).isEqualTo(rig.log.storeId());
      // From here on the two logs part.
      assertThat(same.random.nextLong()).isNotZero();
      for (var i = 0; i < 10; i++) {
        rig.append(batch(new Random(i), 20));
        same.append(batch(new Random(100 + i), 30));
      }
      rig.stop();
      for (var name : SegmentFiles.names(disk)) {
        disk.delete(name);
      }
      copySegments(longer, disk);
      rig.reopen(options);
      rig.check();
    }
  }

  private static void copySegments(MemoryDisk from, MemoryDisk to) throws IOException {
    for (var name : SegmentFiles.names(from)) {
      try (var source = from.open(name);
          var target = to.create(name, 0)) {
        target.write(source.map().asByteBuffer(), 0);
      }
    }
  }
}
