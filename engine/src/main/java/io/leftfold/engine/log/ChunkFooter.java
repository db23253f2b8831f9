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
  private static final int KIND_HEADER_BYTES = 4;
  private static final int FIRST_RECORD = ChunkHeader.BYTES + CommitFormat.HEADER_BYTES;
  private static final int PIECE_BYTES = 64 << 10;

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
    return KIND_HEADER_BYTES + (long) bytesOf(kind.category()).length + bytesOf(kind.type()).length;
  }

  /// How many bytes stand before the kinds.
  static final int KINDS_HEADER_BYTES = 16;

  /// How much a chunk holds, as its last bytes have it. Nothing vouches for them before all of the
  /// footer was checked, but that they agree with the size of the file.
  record Extent(long count, long commitsEnd) {}

  /// How much this footer says that the chunk holds.
  Extent extent() {
    return new Extent(count, commitsEnd);
  }

  /// Looks at the last bytes of a chunk, and at nothing else.
  ///
  /// @param scavenged whether the header says so
  /// @throws DamagedException if they do not agree with the file
  static Extent extent(MemorySegment chunk, boolean scavenged) throws DamagedException {
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
    if (chunk.get(Bytes.LONG, trailer + 40) != 0 || chunk.get(Bytes.LONG, trailer + 48) != 0) {
      throw new DamagedException(trailer + 40, "16 bytes of zero expected, found others");
    }
    return new Extent(count, commitsEnd);
  }

  /// Reads and checks all of it.
  ///
  /// @param scavenged whether the header says so
  /// @throws DamagedException if the footer does not agree with itself or the file
  static ChunkFooter decode(MemorySegment chunk, boolean scavenged) throws DamagedException {
    var extent = extent(chunk, scavenged);
    var trailer = chunk.byteSize() - TRAILER_BYTES;
    var count = extent.count();
    var commitsEnd = extent.commitsEnd();
    var expected = chunk.get(Bytes.INT, trailer + 36);
    var found = checksum(chunk, commitsEnd, trailer + 36 - commitsEnd);
    if (expected != found) {
      throw new DamagedException(
          trailer + 36, "footer checksum %08x expected, found %08x".formatted(expected, found));
    }
    var kindsAt = commitsEnd + 4 * count;
    var kinds = scavenged ? decodeKinds(chunk, kindsAt, trailer) : List.<EventKind>of();
    requireOffsets(chunk, extent, kinds.size());
    return new ChunkFooter(
        count,
        chunk.get(Bytes.LONG, trailer + 8),
        chunk.get(Bytes.LONG, trailer + 16),
        commitsEnd,
        chunk.get(Bytes.INT, trailer + 32),
        scavenged ? chunk.get(Bytes.INT, kindsAt + 4) : count,
        kinds,
        scavenged ? chunk.get(Bytes.LONG, kindsAt + 8) : -1);
  }

  /// A checksum says that something was written so, not that it makes sense.
  private static void requireOffsets(MemorySegment chunk, Extent extent, int kinds)
      throws DamagedException {
    var offsetsEnd = extent.commitsEnd() + 4 * extent.count();
    for (var at = extent.commitsEnd(); at < offsetsEnd; at += 4) {
      var offset = chunk.get(Bytes.INT, at);
      if (offset < 0 ? offset < -kinds : offset < FIRST_RECORD || offset >= extent.commitsEnd()) {
        throw new DamagedException(
            at,
            "an offset from %d to %d or one of %d kinds expected, found %d"
                .formatted(FIRST_RECORD, extent.commitsEnd() - 1, kinds, offset));
      }
    }
  }

  private static List<EventKind> decodeKinds(MemorySegment chunk, long kindsAt, long end)
      throws DamagedException {
    var count = chunk.get(Bytes.INT, kindsAt);
    var at = kindsAt + KINDS_HEADER_BYTES;
    if (count < 0 || count > (end - at) / KIND_HEADER_BYTES) {
      throw new DamagedException(
          kindsAt, "kinds in %d bytes expected, found %d of them".formatted(end - at, count));
    }
    var kinds = new ArrayList<EventKind>(count);
    for (var left = count; left > 0; left--) {
      var room = end - at - KIND_HEADER_BYTES;
      var categoryWord = room < 0 ? 0 : Short.toUnsignedInt(chunk.get(Bytes.SHORT, at));
      var typeWord = room < 0 ? 0 : Short.toUnsignedInt(chunk.get(Bytes.SHORT, at + 2));
      var categoryLength = categoryWord == NO_CATEGORY ? 0 : categoryWord;
      var typeLength = typeWord & ~BEGINS_STREAM;
      if (categoryLength + typeLength > room) {
        throw new DamagedException(
            at, "a kind in %d bytes expected, found a longer one".formatted(end - at));
      }
      at += KIND_HEADER_BYTES;
      var category = categoryWord == NO_CATEGORY ? null : text(chunk, at, categoryLength);
      at += categoryLength;
      kinds.add(new EventKind(category, text(chunk, at, typeLength), typeWord != typeLength));
      at += typeLength;
    }
    if (at != end) {
      throw new DamagedException(
          at, "the end of the kinds expected, found %d more bytes".formatted(end - at));
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

  private static int checksum(MemorySegment chunk, long from, long length) {
    var crc = new CRC32C();
    Bytes.update(crc, chunk, from, length, new byte[PIECE_BYTES]);
    return (int) crc.getValue();
  }

  private static int checksum(ByteBuffer bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
