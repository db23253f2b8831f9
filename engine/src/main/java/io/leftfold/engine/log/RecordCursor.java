// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import static java.util.Objects.requireNonNull;

import io.leftfold.api.ContentType;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.EventView;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.ClosedMapping;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Reads records one at a time. Each is copied from the mapped chunk and its checksum compared
/// before anything of it is believed. Owned by one thread at a time.
public final class RecordCursor implements EventView {

  private static final int NAMES = 64;
  private static final int RECORD_BYTES_KEPT = 64 << 10;

  /// How many records can be brought near at once.
  public static final int NEAR_MAX = 16;

  /// Memory comes in pairs of lines of 64 bytes; most records end within three pairs.
  private static final int[] TOUCHED = {0, 128, 256};

  private final Log log;
  private final RecordFormat.RecordChecksum checksum = new RecordFormat.RecordChecksum();
  private final @Nullable Name[] streams = new @Nullable Name[NAMES];
  private final @Nullable Name[] types = new @Nullable Name[NAMES];

  private @Nullable Chunk chunk;
  private byte[] record = new byte[1024];
  private int length;
  private int metadataFrom;
  private int dataFrom;
  private long position;
  private long offset;
  private long time;

  private final @Nullable Chunk[] nearChunks = new @Nullable Chunk[NEAR_MAX];
  private final long[] nearOffsets = new long[NEAR_MAX];

  @SuppressWarnings("UnusedVariable") // written, so that the loads it is the sum of happen
  private int touched;

  RecordCursor(Log log) {
    this.log = log;
  }

  /// Brings records near that will be moved to next. They lie scattered: going to one after the
  /// other waits for memory several times for each, touching them all first waits about once for
  /// all. Nothing is checked here and nothing fails.
  ///
  /// @param positions by a number, such as the ordinal in a stream
  /// @param first the number to begin with
  /// @param count how many, at most [#NEAR_MAX]
  public void bringNear(LongUnaryOperator positions, long first, int count) {
    try {
      var found = 0;
      for (var i = 0; i < count; i++) {
        var position = positions.applyAsLong(first + i);
        var holder = chunkOf(position);
        var offset = (long) holder.offsetOf(position);
        if (offset > 0
            && offset + TOUCHED[TOUCHED.length - 1] + Integer.BYTES <= holder.sizeBytes()) {
          nearChunks[found] = holder;
          nearOffsets[found++] = offset;
        }
      }
      touched = touch(found);
    } catch (CorruptLogException _) {
      // Going to the record will say so.
    } catch (IllegalStateException _) {
      ClosedMapping.passed();
      // The log was closed, or a chunk replaced; going to a record will see to that.
    }
  }

  /// The sum says nothing, but without one the loads would be left out.
  private int touch(int count) {
    var sum = 0;
    for (var i = 0; i < count; i++) {
      var bytes = requireNonNull(nearChunks[i]).bytes();
      for (var line : TOUCHED) {
        sum += bytes.get(Bytes.INT, nearOffsets[i] + line);
      }
    }
    for (var i = 0; i < count; i++) {
      var bytes = requireNonNull(nearChunks[i]).bytes();
      var commit =
          nearOffsets[i] - bytes.get(Bytes.INT, nearOffsets[i] + RecordFormat.FRAME_DISTANCE);
      if (commit >= 0 && commit < nearOffsets[i]) {
        sum += bytes.get(Bytes.INT, commit + CommitFormat.TIME);
      }
    }
    return sum;
  }

  /// Goes to a record that is known to be there.
  ///
  /// @param position below the end of the log
  /// @throws CorruptLogException if the record is damaged
  /// @throws UnavailableException if the log was closed
  public RecordCursor moveTo(long position) {
    if (!moveToIfThere(position)) {
      throw new IllegalStateException(
          "Event %d is still needed, and a scavenge left nothing of it".formatted(position));
    }
    return this;
  }

  /// Goes to a record, if its event may still be read.
  ///
  /// @param position below the end of the log
  /// @return whether the event is there; if not, nothing may be asked of this cursor
  public boolean moveToIfKept(long position) {
    return moveToIfThere(position) && !isEmptied();
  }

  /// Goes to a record, if a scavenge has not taken it away.
  ///
  /// @param position below the end of the log
  /// @return whether there is a record; it may be emptied
  public boolean moveToIfThere(long position) {
    while (true) {
      try {
        return load(position);
      } catch (IllegalStateException e) {
        ClosedMapping.passed();
        if (log.isClosed()) {
          throw new UnavailableException(
              UnavailableException.Reason.CLOSED, "The store was closed while it was read", e);
        }
        var read = chunk;
        if (read == null || !read.isReplaced()) {
          throw e;
        }
        // A scavenge put another file in the place of the one that was read just now.
        chunk = null;
      }
    }
  }

  /// Whether a scavenge left nothing of an event, or no more than its stream, revision and type.
  /// Looks without reading the record, so its checksum is not compared, and leaves the cursor where
  /// it is.
  ///
  /// @param position below the end of the log
  public boolean isForgotten(long position) {
    return ask(
        position,
        (holder, offset) ->
            offset <= 0
                ? holder.isForgotten(offset)
                : holder.header.isScavenged()
                    && (holder.bytes().get(Bytes.SHORT, (long) offset + RecordFormat.FLAGS)
                            & RecordFormat.FLAG_EMPTIED)
                        != 0);
  }

  /// Whether the event of a position was taken away by a scavenge. What is damaged is not taken for
  /// forgotten: whoever reads it will hear of it.
  ///
  /// @param position below the end of the log; the cursor may have moved there
  public boolean isSurelyForgotten(long position) {
    try {
      return isForgotten(position) && !moveToIfKept(position);
    } catch (CorruptLogException e) {
      return false;
    }
  }

  /// What is still known of an event without a record.
  ///
  /// @param position of which [#moveToIfThere] said that there is none
  public EventKind kindOf(long position) {
    return ask(position, Chunk::kindOf);
  }

  /// Something to know of a position without reading its record.
  @FunctionalInterface
  private interface Question<T> {
    /// @param offset what the chunk says of the position
    T of(Chunk holder, int offset);
  }

  private <T> T ask(long position, Question<T> question) {
    while (true) {
      var holder = chunkOf(position);
      try {
        return question.of(holder, holder.offsetOf(position));
      } catch (IllegalStateException e) {
        ClosedMapping.passed();
        if (!holder.isReplaced()) {
          throw e;
        }
      }
    }
  }

  private boolean load(long position) {
    if (log.isClosed()) {
      throw new IllegalStateException("closed");
    }
    var holder = chunkOf(position);
    var offset = (long) holder.offsetOf(position);
    if (offset <= 0) {
      if (holder.isForgotten((int) offset)) {
        return false;
      }
      throw damaged(holder, -offset, "event %d is in a damaged part".formatted(position));
    }
    var claimed = holder.bytes().get(Bytes.INT, offset + RecordFormat.LENGTH);
    if (claimed < RecordFormat.HEADER_BYTES || offset + (long) claimed > holder.sizeBytes()) {
      throw damaged(holder, offset, "a record expected, found one of %d bytes".formatted(claimed));
    }
    if (record.length < claimed) {
      record = new byte[Math.max(claimed, 2 * record.length)];
    }
    MemorySegment.copy(holder.bytes(), ValueLayout.JAVA_BYTE, offset, record, 0, claimed);
    var commit = offset - Bytes.integer(record, RecordFormat.FRAME_DISTANCE);
    if (commit < ChunkHeader.BYTES || commit > offset - CommitFormat.HEADER_BYTES) {
      throw damaged(
          holder, offset, "a record of a commit before it expected, found byte " + commit);
    }
    this.time = holder.bytes().get(Bytes.LONG, commit + CommitFormat.TIME);
    var expected = Bytes.integer(record, RecordFormat.CRC);
    var found = checksum.of(time, record, 0, claimed);
    if (expected != found) {
      throw damaged(
          holder, offset, "record checksum %08x expected, found %08x".formatted(expected, found));
    }
    this.length = claimed;
    this.position = position;
    this.offset = offset;
    this.metadataFrom = metadataFrom();
    if (metadataLength() < 0 || metadataFrom > length - metadataLength()) {
      throw damaged(
          holder, offset, "names, tags and metadata in %d bytes expected".formatted(claimed));
    }
    this.dataFrom = metadataFrom + metadataLength();
    return true;
  }

  private static CorruptLogException damaged(Chunk chunk, long offset, String finding) {
    return new CorruptLogException(chunk.file.describe(), offset, finding);
  }

  /// The record has the right checksum, and holds what nobody could have appended.
  private CorruptLogException damagedHere(IllegalArgumentException why) {
    return damaged(requireNonNull(chunk), offset, String.valueOf(why.getMessage()));
  }

  private Chunk chunkOf(long position) {
    var last = chunk;
    if (last != null
        && position >= last.firstPosition()
        && position < last.endPosition()
        && !last.isReplaced()) {
      return last;
    }
    var found = log.chunkOf(position);
    chunk = found;
    return found;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public long timeMicros() {
    return time;
  }

  /// Whether the event is forgotten, and the record only says how far its stream had come: it has a
  /// stream, a revision and a type, and nothing else.
  public boolean isEmptied() {
    return (Bytes.unsignedShort(record, RecordFormat.FLAGS) & RecordFormat.FLAG_EMPTIED) != 0;
  }

  /// How many bytes the record takes.
  int byteCount() {
    return length;
  }

  /// How many bytes it would take if it were emptied.
  int emptiedByteCount() {
    return RecordFormat.HEADER_BYTES + streamLength() + typeLength();
  }

  /// How many bytes before the record its commit begins.
  int frameDistance() {
    return Bytes.integer(record, RecordFormat.FRAME_DISTANCE);
  }

  @Override
  public long revision() {
    return Bytes.longInteger(record, RecordFormat.REVISION);
  }

  @Override
  public long idHigh() {
    return Bytes.longInteger(record, RecordFormat.ID_HIGH);
  }

  @Override
  public long idLow() {
    return Bytes.longInteger(record, RecordFormat.ID_LOW);
  }

  /// Its id.
  public UUID id() {
    return new UUID(idHigh(), idLow());
  }

  /// Its stream.
  public StreamName stream() {
    var from = RecordFormat.HEADER_BYTES;
    var name = name(streams, from, from + streamLength());
    var known = name.stream;
    if (known == null) {
      try {
        known = StreamName.of(name.text);
      } catch (IllegalArgumentException e) {
        throw damagedHere(e);
      }
      name.stream = known;
    }
    return known;
  }

  /// Its type.
  public String type() {
    var from = RecordFormat.HEADER_BYTES + streamLength();
    return name(types, from, from + typeLength()).text;
  }

  @Override
  public ContentType contentType() {
    return (Bytes.unsignedShort(record, RecordFormat.FLAGS) & RecordFormat.FLAG_JSON) != 0
        ? ContentType.JSON
        : ContentType.BINARY;
  }

  @Override
  public int streamLength() {
    return Bytes.unsignedShort(record, RecordFormat.STREAM_LENGTH);
  }

  @Override
  public void copyStream(byte[] into, int at) {
    System.arraycopy(record, RecordFormat.HEADER_BYTES, into, at, streamLength());
  }

  @Override
  public int typeLength() {
    return Bytes.unsignedShort(record, RecordFormat.TYPE_LENGTH);
  }

  @Override
  public void copyType(byte[] into, int at) {
    System.arraycopy(record, RecordFormat.HEADER_BYTES + streamLength(), into, at, typeLength());
  }

  @Override
  public int metadataLength() {
    return Bytes.integer(record, RecordFormat.METADATA_LENGTH);
  }

  @Override
  public void copyMetadata(byte[] into, int at) {
    System.arraycopy(record, metadataFrom, into, at, dataFrom - metadataFrom);
  }

  @Override
  public int dataLength() {
    return length - dataFrom;
  }

  @Override
  public void copyData(byte[] into, int at) {
    System.arraycopy(record, dataFrom, into, at, length - dataFrom);
  }

  /// Its tags.
  public List<Tag> tags() {
    var count = Bytes.unsignedShort(record, RecordFormat.TAG_COUNT);
    if (count == 0) {
      return List.of();
    }
    var tags = new ArrayList<Tag>(count);
    var at = RecordFormat.HEADER_BYTES + streamLength() + typeLength();
    for (var i = 0; i < count; i++) {
      var bytes = Bytes.unsignedShort(record, at);
      try {
        tags.add(Tag.of(new String(record, at + 2, bytes, StandardCharsets.UTF_8)));
      } catch (IllegalArgumentException e) {
        throw damagedHere(e);
      }
      at += 2 + bytes;
    }
    return tags;
  }

  /// The id that its metadata names as `$correlationId`; null if there is none.
  public @Nullable String correlationId() {
    return CorrelationId.of(record, metadataFrom(), metadataLength());
  }

  /// A copy of its metadata.
  public byte[] metadata() {
    return Arrays.copyOfRange(record, metadataFrom, dataFrom);
  }

  /// A copy of its data.
  public byte[] data() {
    return Arrays.copyOfRange(record, dataFrom, length);
  }

  @Override
  public RecordedEvent event() {
    return new RecordedEvent(
        position,
        stream(),
        revision(),
        id(),
        type(),
        contentType(),
        instant(time),
        data(),
        metadata(),
        tags());
  }

  /// A time of the log as the API has it.
  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
  }

  /// Whether it holds little enough memory to be kept for later.
  boolean isSmall() {
    return record.length <= RECORD_BYTES_KEPT;
  }

  /// Behind the record if names and tags do not fit into it.
  private int metadataFrom() {
    var at = RecordFormat.HEADER_BYTES + streamLength() + typeLength();
    for (var i = Bytes.unsignedShort(record, RecordFormat.TAG_COUNT); i > 0; i--) {
      if (at > length - 2) {
        return length + 1;
      }
      at += 2 + Bytes.unsignedShort(record, at);
    }
    return at;
  }

  /// Streams and types come again and again: the text is decoded once while it stays in its slot.
  private Name name(@Nullable Name[] known, int from, int to) {
    var hash = 0;
    for (var i = from; i < to; i++) {
      hash = 31 * hash + record[i];
    }
    var slot = (hash ^ (hash >>> 16)) & (NAMES - 1);
    var name = known[slot];
    if (name == null || !Arrays.equals(name.bytes, 0, name.bytes.length, record, from, to)) {
      name = new Name(Arrays.copyOfRange(record, from, to));
      known[slot] = name;
    }
    return name;
  }

  private static final class Name {
    final byte[] bytes;
    final String text;
    @Nullable StreamName stream;

    Name(byte[] bytes) {
      this.bytes = bytes;
      this.text = new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
