// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads the files of a log as `docs/format/log.md` describes them, with nothing of the engine:
/// whoever reads only that page gets this far.
final class FormatV1 {

  /// A chunk file.
  record Chunk(
      UUID storeId,
      long number,
      long firstPosition,
      long createdMicros,
      int generation,
      List<Commit> commits,
      long commitsEnd,
      @Nullable Footer footer) {

    List<EventRecord> records() {
      return commits.stream().flatMap(commit -> commit.records().stream()).toList();
    }
  }

  record Commit(
      long offset,
      int length,
      int crc,
      long position,
      long timeMicros,
      int durableEnd,
      List<EventRecord> records) {

    long end() {
      return offset + length;
    }
  }

  record EventRecord(
      long offset,
      int length,
      int frameDistance,
      int flags,
      long revision,
      UUID id,
      String stream,
      String type,
      List<String> tags,
      byte[] metadata,
      byte[] data) {}

  record Footer(
      int[] offsets,
      long firstTimeMicros,
      long lastTimeMicros,
      int commitsCrc,
      int footerCrc,
      List<Kind> kinds,
      int kept,
      long point) {}

  /// What is known of events without a record, in version 2.
  record Kind(@Nullable String category, String type, boolean beginsStream) {}

  record Mark(long chunkNumber, long offset) {}

  private FormatV1() {}

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String text(ByteBuffer bytes, int at, int length) {
    var text = new byte[length];
    bytes.get(at, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static int crc32c(byte[] seed, byte[] bytes, int from, int to) {
    var crc = new CRC32C();
    crc.update(seed);
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }

  static Chunk chunk(byte[] file) {
    var in = littleEndian(file);
    assertThat(text(in, 0, 8)).isEqualTo("LFCHUNK\n");
    var version = in.getInt(8);
    assertThat(version).as("format version").isBetween(1, 2);
    var header = java.util.Arrays.copyOf(file, 64);
    littleEndian(header).putInt(12, 0);
    assertThat(in.getInt(12)).as("header crc").isEqualTo(crc32c(new byte[0], header, 0, 64));
    var storeId = new UUID(in.getLong(16), in.getLong(24));
    var number = in.getLong(32);
    var generation = in.getInt(56);
    assertThat(generation > 0).as("generation %d", generation).isEqualTo(version == 2);
    assertThat(in.getInt(60)).isZero();

    var footer = footer(file, version);
    var limit = footer == null ? file.length : footer.commitsEnd;
    var commits = new ArrayList<Commit>();
    var at = 64;
    while (at + 4 <= limit && in.getInt(at) != 0) {
      var commit = commit(file, number, at);
      commits.add(commit);
      at += commit.length();
    }
    if (footer == null) {
      for (var i = at; i < file.length; i++) {
        assertThat(file[i]).as("byte %d behind the last commit", i).isZero();
      }
    } else {
      assertThat(at).isEqualTo(footer.commitsEnd);
    }
    return new Chunk(
        storeId,
        number,
        in.getLong(40),
        in.getLong(48),
        generation,
        commits,
        at,
        footer == null ? null : footer.footer);
  }

  private static Commit commit(byte[] file, long chunkNumber, int at) {
    var in = littleEndian(file);
    var length = in.getInt(at);
    assertThat(in.getInt(at + length - 4)).as("length again").isEqualTo(length);
    var place = littleEndian(new byte[12]).putLong(chunkNumber).putInt(at).array();
    var crc = in.getInt(at + 4);
    assertThat(crc).as("commit crc").isEqualTo(crc32c(place, file, at + 8, at + length - 4));
    var time = in.getLong(at + 16);
    var records = new ArrayList<EventRecord>();
    var from = at + 32;
    for (var n = in.getInt(at + 28); n > 0; n--) {
      var record = record(file, from, time);
      assertThat(from - record.frameDistance()).isEqualTo(at);
      records.add(record);
      from += record.length();
    }
    assertThat(from).isEqualTo(at + length - 4);
    return new Commit(at, length, crc, in.getLong(at + 8), time, in.getInt(at + 24), records);
  }

  private static EventRecord record(byte[] file, int at, long time) {
    var in = littleEndian(file);
    var length = in.getInt(at);
    var seed = littleEndian(new byte[8]).putLong(time).array();
    assertThat(in.getInt(at + 4))
        .as("record crc")
        .isEqualTo(crc32c(seed, file, at + 8, at + length));
    var streamLength = in.getShort(at + 14) & 0xffff;
    var typeLength = in.getShort(at + 40) & 0xffff;
    var metadataLength = in.getInt(at + 44);
    var from = at + 48;
    var stream = text(in, from, streamLength);
    from += streamLength;
    var type = text(in, from, typeLength);
    from += typeLength;
    var tags = new ArrayList<String>();
    for (var n = in.getShort(at + 42) & 0xffff; n > 0; n--) {
      var tagLength = in.getShort(from) & 0xffff;
      tags.add(text(in, from + 2, tagLength));
      from += 2 + tagLength;
    }
    return new EventRecord(
        at,
        length,
        in.getInt(at + 8),
        in.getShort(at + 12) & 0xffff,
        in.getLong(at + 16),
        new UUID(in.getLong(at + 24), in.getLong(at + 32)),
        stream,
        type,
        tags,
        java.util.Arrays.copyOfRange(file, from, from + metadataLength),
        java.util.Arrays.copyOfRange(file, from + metadataLength, at + length));
  }

  private record PlacedFooter(Footer footer, int commitsEnd) {}

  private static @Nullable PlacedFooter footer(byte[] file, int version) {
    var in = littleEndian(file);
    if (!text(in, file.length - 8, 8).equals("LFSEALED")) {
      return null;
    }
    var trailer = file.length - 64;
    var count = (int) in.getLong(trailer);
    var commitsEnd = (int) in.getLong(trailer + 24);
    var kinds = new ArrayList<Kind>();
    var kindsAt = commitsEnd + 4 * count;
    assertThat(version == 2 ? readKinds(in, kindsAt, kinds) : kindsAt).isEqualTo(trailer);
    var offsets = new int[count];
    for (var i = 0; i < count; i++) {
      offsets[i] = in.getInt(commitsEnd + 4 * i);
    }
    var crc = in.getInt(trailer + 36);
    assertThat(crc).as("footer crc").isEqualTo(crc32c(new byte[0], file, commitsEnd, trailer + 36));
    assertThat(in.getLong(trailer + 40)).isZero();
    assertThat(in.getLong(trailer + 48)).isZero();
    return new PlacedFooter(
        new Footer(
            offsets,
            in.getLong(trailer + 8),
            in.getLong(trailer + 16),
            in.getInt(trailer + 32),
            crc,
            kinds,
            version == 2 ? in.getInt(kindsAt + 4) : count,
            version == 2 ? in.getLong(kindsAt + 8) : -1),
        commitsEnd);
  }

  /// Returns where they end.
  private static int readKinds(ByteBuffer in, int kindsAt, List<Kind> kinds) {
    var at = kindsAt + 16;
    for (var n = in.getInt(kindsAt); n > 0; n--) {
      var categoryLength = in.getShort(at) & 0xffff;
      var typeWord = in.getShort(at + 2) & 0xffff;
      var typeLength = typeWord & 0x7fff;
      at += 4;
      var hasCategory = categoryLength != 65535;
      var category = hasCategory ? text(in, at, categoryLength) : null;
      at += hasCategory ? categoryLength : 0;
      kinds.add(new Kind(category, text(in, at, typeLength), typeWord != typeLength));
      at += typeLength;
    }
    return at;
  }

  /// The checksum over the checksums of commits.
  static int commitsCrc(List<Commit> commits) {
    var crcs = new byte[4 * commits.size()];
    var out = littleEndian(crcs);
    commits.forEach(commit -> out.putInt(commit.crc()));
    return crc32c(new byte[0], crcs, 0, crcs.length);
  }

  static Mark mark(byte[] file) {
    var in = littleEndian(file);
    assertThat(file).hasSize(32);
    assertThat(text(in, 0, 8)).isEqualTo("LFDURABL");
    assertThat(in.getInt(24)).as("mark crc").isEqualTo(crc32c(new byte[0], file, 8, 24));
    assertThat(in.getInt(28)).isZero();
    return new Mark(in.getLong(8), in.getLong(16));
  }
}
