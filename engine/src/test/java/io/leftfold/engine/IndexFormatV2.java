// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;

/// Reads a segment as `docs/format/index.md` describes it, with nothing of the engine: whoever
/// reads only that page gets this far.
final class IndexFormatV2 {

  /// A segment file.
  record Segment(
      UUID storeId, long first, long end, UUID lastEvent, List<Long> newKeys, List<Key> keys) {

    /// The positions of each key of a kind.
    Map<String, List<Long>> positions(int kind) {
      var positions = new TreeMap<String, List<Long>>();
      keys.stream()
          .filter(key -> key.kind == kind)
          .forEach(key ->
              positions.put(key.text, key.places.stream().map(place -> first + place).toList()));
      return positions;
    }
  }

  /// A key with its postings.
  record Key(int kind, String text, long revision, List<Long> places) {}

  private static final int HEADER = 192;
  private static final int PAGE = 16_384;

  private final byte[] file;
  private final ByteBuffer in;
  private int at;

  private IndexFormatV2(byte[] file) {
    this.file = file;
    this.in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  static Segment segment(byte[] file) {
    return new IndexFormatV2(file).read();
  }

  private Segment read() {
    assertThat(new String(file, 0, 8, StandardCharsets.US_ASCII)).isEqualTo("LFINDEX\n");
    assertThat(in.getInt(8)).as("format version").isEqualTo(2);
    var header = java.util.Arrays.copyOf(file, HEADER);
    ByteBuffer.wrap(header).putInt(12, 0);
    assertThat(in.getInt(12)).as("header crc").isEqualTo(crc(header, 0, HEADER));
    for (var zero = 144; zero < HEADER; zero++) {
      assertThat(file[zero]).isZero();
    }
    var leaves = Math.toIntExact(in.getLong(72));
    var leavesEnd = Math.toIntExact(in.getLong(80));
    var bloomBlocks = in.getInt(88);
    var bloomAt = leavesEnd + 4 * leaves;
    var pagesAt = bloomAt + 64 * bloomBlocks;
    checkPages(pagesAt);
    var keys = new ArrayList<Key>();
    for (var leaf = 0; leaf < leaves; leaf++) {
      at = HEADER + in.getInt(leavesEnd + 4 * leaf);
      var end = leaf + 1 < leaves ? HEADER + in.getInt(leavesEnd + 4 * leaf + 4) : leavesEnd;
      readLeaf(end, keys, bloomAt, bloomBlocks);
    }
    assertThat(keys).hasSize((int) in.getLong(64));
    return new Segment(
        new UUID(in.getLong(16), in.getLong(24)),
        in.getLong(32),
        in.getLong(40),
        new UUID(in.getLong(48), in.getLong(56)),
        LongStream.range(0, 6).map(kind -> in.getLong(96 + 8 * (int) kind)).boxed().toList(),
        keys);
  }

  private void checkPages(int pagesAt) {
    var pages = (pagesAt - HEADER + PAGE - 1) / PAGE;
    assertThat(file).hasSize(pagesAt + 4 * pages);
    assertThat(in.getInt(92)).isEqualTo(crc(file, pagesAt, file.length));
    for (var page = 0; page < pages; page++) {
      var from = HEADER + page * PAGE;
      assertThat(in.getInt(pagesAt + 4 * page))
          .isEqualTo(crc(file, from, Math.min(from + PAGE, pagesAt)));
    }
  }

  private void readLeaf(int end, List<Key> keys, int bloomAt, int bloomBlocks) {
    var key = new byte[0];
    var count = 0;
    while (at < end) {
      var shared = (int) varint();
      var own = (int) varint();
      key = java.util.Arrays.copyOf(key, shared + own);
      System.arraycopy(file, at, key, shared, own);
      at += own;
      assertThat(isInBloomFilter(key, bloomAt, bloomBlocks)).isTrue();
      keys.add(readPostings(key));
      count++;
    }
    assertThat(count).isBetween(1, 16);
  }

  private Key readPostings(byte[] key) {
    var count = varint();
    var revision = key[0] == 0 ? varint() : 0;
    var places = new ArrayList<Long>();
    places.add(varint());
    if (count > 1) {
      var length = (int) varint();
      var bodyAt = at;
      var offsets = new ArrayList<Integer>();
      while (places.size() < count) {
        places.add(places.getLast() + varint());
        offsets.add(at - bodyAt);
      }
      for (var skip = 128; skip < count; skip += 128) {
        assertThat(in.getInt(at)).isEqualTo(places.get(skip).intValue());
        assertThat(in.getInt(at + 4)).isEqualTo(offsets.get(skip - 1));
        at += 8;
      }
      assertThat(at).isEqualTo(bodyAt + length);
    }
    return new Key(
        key[0], new String(key, 1, key.length - 1, StandardCharsets.UTF_8), revision, places);
  }

  private boolean isInBloomFilter(byte[] key, int bloomAt, int blocks) {
    var hash = 0xcbf29ce484222325L;
    for (var unit : key) {
      hash = (hash ^ (unit & 0xff)) * 0x100000001b3L;
    }
    hash = mixed(hash);
    var block = bloomAt + 64 * (int) (((hash >>> 32) * blocks) >>> 32);
    var bits = mixed(hash);
    for (var i = 0; i < 7; i++) {
      var bit = ((int) (bits >>> (9 * i))) & 511;
      if (((file[block + bit / 8] >>> (bit % 8)) & 1) == 0) {
        return false;
      }
    }
    return true;
  }

  private static long mixed(long hash) {
    var h = hash;
    h ^= h >>> 30;
    h *= 0xbf58476d1ce4e5b9L;
    h ^= h >>> 27;
    h *= 0x94d049bb133111ebL;
    return h ^ (h >>> 31);
  }

  private long varint() {
    var value = 0L;
    for (var shift = 0; ; shift += 7) {
      var unit = file[at++];
      value |= (unit & 0x7fL) << shift;
      if (unit >= 0) {
        return value;
      }
    }
  }

  private static int crc(byte[] bytes, int from, int to) {
    var crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }
}
