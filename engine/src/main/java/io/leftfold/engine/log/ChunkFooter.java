// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The last bytes of a sealed chunk: where each record is, and what the chunk holds.
///
/// ```
///   0 | offset 4 of each record, in the order of positions … |
/// 4·n | records 8                       |
///  +8 | time of the first commit 8      |
/// +16 | time of the last commit 8       |
/// +24 | end of the commits 8            | an offset in the file; the footer begins there
/// +32 | crc of the crcs of the commits 4 | crc of this footer 4 | the latter over all before it
/// +40 | zero 16                         |
/// +56 | magic "LFSEALED" 8              | the last bytes of the file
/// ```
///
/// In a scavenged chunk (format version 2) the offset of a position whose record is gone is
/// negative: −1 − the number of its kind, and between the offsets and the trailer stands
///
/// ```
/// | number of kinds 4 | records that are there 4 | judged as of position 8 |
/// | category length 2 | type length 2 | category … | type … |   for each; 65535: no category
/// ```
///
/// The highest bit of a type's length says that the event was the first of its stream.
///
/// The footer is written after all commits are durable, so a footer present means every commit is.
///
/// @param count of positions
/// @param kept how many of them have a record
/// @param kinds of those that have none
/// @param point the position as of which the scavenge judged; −1 if there was none
record ChunkFooter(
    long count,
    long firstTime,
    long lastTime,
    long commitsEnd,
    int commitsChecksum,
    long kept,
    List<EventKind> kinds,
    long point) {
  static final int TRAILER_BYTES = 64;
  private static final long MAGIC = 0x44454C4145_53464CL; // "LFSEALED", little-endian

  private static final int NO_CATEGORY = 0xffff;
  private static final int BEGINS_STREAM = 0x8000;

  /// Of a chunk in which every position has its record.
  ChunkFooter(long count, long firstTime, long lastTime, long commitsEnd, int commitsChecksum) {
    this(count, firstTime, lastTime, commitsEnd, commitsChecksum, count, List.of(), -1);
  }

  static long bytes(long count) {
    return 4 * count + TRAILER_BYTES;
  }

  ByteBuffer encode(int[] offsets) {
    return encode(offsets, new byte[0]);
  }

  /// Of a scavenged chunk.
  ByteBuffer encodeScavenged(int[] offsets) {
    return encode(offsets, encodedKinds());
  }

  private ByteBuffer encode(int[] offsets, byte[] encodedKinds) {
    var bytes =
        ByteBuffer.allocate(Math.toIntExact(bytes(count) + encodedKinds.length))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (var i = 0; i < count; i++) {
      bytes.putInt(offsets[i]);
    }
    bytes.put(encodedKinds);
    bytes.putLong(count).putLong(firstTime).putLong(lastTime).putLong(commitsEnd);
    bytes.putInt(commitsChecksum);
    bytes.putInt(checksum(bytes.slice(0, bytes.position())));
    bytes.putLong(0).putLong(0).putLong(MAGIC);
    return bytes.flip();
  }

  /// Whether the chunk ends as a sealed chunk does. What the footer says is still to be checked.
  static boolean isPresent(MemorySegment chunk) {
    var size = chunk.byteSize();
    return size >= ChunkHeader.BYTES + TRAILER_BYTES && chunk.get(Bytes.LONG, size - 8) == MAGIC;
  }

  private byte[] encodedKinds() {
    var out = new ByteArrayOutputStream();
    writeInt(out, kinds.size());
    writeInt(out, (int) kept);
    writeInt(out, (int) point);
    writeInt(out, (int) (point >>> 32));
    for (var kind : kinds) {
      var category = bytesOf(kind.category());
      var type = bytesOf(kind.type());
      writeShort(out, kind.category() == null ? NO_CATEGORY : category.length);
      writeShort(out, type.length | (kind.beginsStream() ? BEGINS_STREAM : 0));
      out.writeBytes(category);
      out.writeBytes(type);
    }
    return out.toByteArray();
  }

  private static byte[] bytesOf(@Nullable String text) {
    return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
  }

  private static void writeShort(ByteArrayOutputStream out, int value) {
    out.write(value);
    out.write(value >>> 8);
  }

  private static void writeInt(ByteArrayOutputStream out, int value) {
    writeShort(out, value);
    writeShort(out, value >>> 16);
  }

  /// How many bytes a kind takes.
  static long bytes(EventKind kind) {
    return 4L + bytesOf(kind.category()).length + bytesOf(kind.type()).length;
  }

  /// How many bytes stand before the kinds.
  static final int KINDS_HEADER_BYTES = 16;

  /// @param scavenged whether the header says so
  /// @throws DamagedException if the footer does not agree with itself or the file
  static ChunkFooter decode(MemorySegment chunk, boolean scavenged) throws DamagedException {
    var trailer = chunk.byteSize() - TRAILER_BYTES;
    var count = chunk.get(Bytes.LONG, trailer);
    var commitsEnd = chunk.get(Bytes.LONG, trailer + 24);
    if (count < 0
        || count > chunk.byteSize() / 4
        || commitsEnd < ChunkHeader.BYTES
        || commitsEnd > chunk.byteSize()
        || (scavenged
            ? commitsEnd + bytes(count) + KINDS_HEADER_BYTES > chunk.byteSize()
            : commitsEnd + bytes(count) != chunk.byteSize())) {
      throw new DamagedException(
          trailer,
          "a footer of %d records behind byte %d expected, the file ends at %d (truncated copy?)"
              .formatted(count, commitsEnd, chunk.byteSize()));
    }
    var expected = chunk.get(Bytes.INT, trailer + 36);
    var found = checksum(chunk.asSlice(commitsEnd, trailer + 36 - commitsEnd).asByteBuffer());
    if (expected != found) {
      throw new DamagedException(
          trailer + 36, "footer checksum %08x expected, found %08x".formatted(expected, found));
    }
    if (chunk.get(Bytes.LONG, trailer + 40) != 0 || chunk.get(Bytes.LONG, trailer + 48) != 0) {
      throw new DamagedException(trailer + 40, "16 bytes of zero expected, found others");
    }
    var kindsAt = commitsEnd + 4 * count;
    return new ChunkFooter(
        count,
        chunk.get(Bytes.LONG, trailer + 8),
        chunk.get(Bytes.LONG, trailer + 16),
        commitsEnd,
        chunk.get(Bytes.INT, trailer + 32),
        scavenged ? chunk.get(Bytes.INT, kindsAt + 4) : count,
        scavenged ? decodeKinds(chunk, kindsAt) : List.of(),
        scavenged ? chunk.get(Bytes.LONG, kindsAt + 8) : -1);
  }

  /// Behind the checksum, so that what is there was written so.
  private static List<EventKind> decodeKinds(MemorySegment chunk, long kindsAt) {
    var kinds = new ArrayList<EventKind>();
    var at = kindsAt + KINDS_HEADER_BYTES;
    for (var left = chunk.get(Bytes.INT, kindsAt); left > 0; left--) {
      var categoryLength = Short.toUnsignedInt(chunk.get(Bytes.SHORT, at));
      var typeWord = Short.toUnsignedInt(chunk.get(Bytes.SHORT, at + 2));
      var typeLength = typeWord & ~BEGINS_STREAM;
      at += 4;
      var category = categoryLength == NO_CATEGORY ? null : text(chunk, at, categoryLength);
      at += categoryLength == NO_CATEGORY ? 0 : categoryLength;
      kinds.add(new EventKind(category, text(chunk, at, typeLength), typeWord != typeLength));
      at += typeLength;
    }
    return List.copyOf(kinds);
  }

  private static String text(MemorySegment chunk, long at, int length) {
    return new String(
        chunk.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  void requireChecksumOfCommits(int found) throws DamagedException {
    if (found != commitsChecksum) {
      throw new DamagedException(
          commitsEnd,
          "checksum of commits %08x expected, found %08x".formatted(commitsChecksum, found));
    }
  }

  private static int checksum(ByteBuffer bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
