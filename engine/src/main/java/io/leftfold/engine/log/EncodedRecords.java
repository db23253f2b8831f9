// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Events of one stream, laid out as records by the caller's thread. What only the writer knows
/// (revision, distance to the commit, checksum) is filled in when they are written.
///
/// What the writer and the index ask of an event is here too, in arrays: the events themselves lie
/// scattered in the memory that is near to the caller's processor, and going to each of a thousand
/// takes the writer longer than all else that it does with them.
public final class EncodedRecords {

  private static final @Nullable String[] NO_IDS = {};
  private static final EncodedRecords NONE =
      new EncodedRecords(new byte[0], new int[0], new String[0], List.of(), NO_IDS);

  private final byte[] bytes;
  private final int[] offsets;
  private final String[] types;
  private final List<List<Tag>> tags;

  // Empty if no record has one.
  private final @Nullable String[] correlationIds;

  private EncodedRecords(
      byte[] bytes,
      int[] offsets,
      String[] types,
      List<List<Tag>> tags,
      @Nullable String[] correlationIds) {
    this.bytes = bytes;
    this.offsets = offsets;
    this.types = types;
    this.tags = tags;
    this.correlationIds = correlationIds;
  }

  /// Lays out events one after the other.
  public static EncodedRecords of(StreamName stream, List<ProposedEvent> events) {
    if (events.isEmpty()) {
      return NONE;
    }
    var name = stream.value().getBytes(StandardCharsets.UTF_8);
    var types = new String[events.size()];
    var typeBytes = new byte[types.length][];
    var tagged = false;
    var total = 0;
    for (var i = 0; i < types.length; i++) {
      var event = events.get(i);
      types[i] = event.type();
      typeBytes[i] =
          i > 0 && types[i].equals(types[i - 1])
              ? typeBytes[i - 1]
              : types[i].getBytes(StandardCharsets.UTF_8);
      tagged |= !event.tags().isEmpty();
      total = Math.addExact(total, recordBytes(name, typeBytes[i], event));
    }
    var bytes = new byte[total];
    var offsets = new int[types.length];
    var at = 0;
    for (var i = 0; i < types.length; i++) {
      offsets[i] = at;
      at = encode(bytes, at, name, typeBytes[i], events.get(i));
    }
    return new EncodedRecords(
        bytes,
        offsets,
        types,
        tagged ? events.stream().map(ProposedEvent::tags).toList() : List.of(),
        correlationIds(events));
  }

  private static @Nullable String[] correlationIds(List<ProposedEvent> events) {
    var ids = NO_IDS;
    for (var i = 0; i < events.size(); i++) {
      var metadata = events.get(i).metadata();
      var id = CorrelationId.of(metadata, 0, metadata.length);
      if (id != null) {
        ids = ids.length == 0 ? new @Nullable String[events.size()] : ids;
        ids[i] = id;
      }
    }
    return ids;
  }

  private static int recordBytes(byte[] stream, byte[] type, ProposedEvent event) {
    var bytes =
        RecordFormat.HEADER_BYTES
            + stream.length
            + type.length
            + event.metadata().length
            + (long) event.data().length;
    for (var tag : event.tags()) {
      bytes += 2 + tag.value().getBytes(StandardCharsets.UTF_8).length;
    }
    return Math.toIntExact(bytes);
  }

  private static int encode(
      byte[] target, int start, byte[] stream, byte[] type, ProposedEvent event) {
    var at = put(target, start + RecordFormat.HEADER_BYTES, stream);
    at = put(target, at, type);
    for (var tag : event.tags()) {
      var bytes = tag.value().getBytes(StandardCharsets.UTF_8);
      Bytes.putShort(target, at, bytes.length);
      at = put(target, at + 2, bytes);
    }
    at = put(target, at, event.metadata());
    at = put(target, at, event.data());
    Bytes.putInteger(target, start + RecordFormat.LENGTH, at - start);
    Bytes.putShort(
        target,
        start + RecordFormat.FLAGS,
        event.contentType() == ContentType.JSON ? RecordFormat.FLAG_JSON : 0);
    Bytes.putShort(target, start + RecordFormat.STREAM_LENGTH, stream.length);
    Bytes.putLong(target, start + RecordFormat.ID_HIGH, event.id().getMostSignificantBits());
    Bytes.putLong(target, start + RecordFormat.ID_LOW, event.id().getLeastSignificantBits());
    Bytes.putShort(target, start + RecordFormat.TYPE_LENGTH, type.length);
    Bytes.putShort(target, start + RecordFormat.TAG_COUNT, event.tags().size());
    Bytes.putInteger(target, start + RecordFormat.METADATA_LENGTH, event.metadata().length);
    return at;
  }

  private static int put(byte[] target, int at, byte[] bytes) {
    System.arraycopy(bytes, 0, target, at, bytes.length);
    return at + bytes.length;
  }

  /// How many records.
  public int count() {
    return types.length;
  }

  /// The type of one of the events.
  public String type(int i) {
    return types[i];
  }

  /// The tags of one of the events.
  public List<Tag> tags(int i) {
    return tags.isEmpty() ? List.of() : tags.get(i);
  }

  /// What the metadata of one of the events names as `$correlationId`; null if that is nothing.
  public @Nullable String correlationId(int i) {
    return correlationIds.length == 0 ? null : correlationIds[i];
  }

  /// The upper half of the id of one of the events.
  public long idHigh(int i) {
    return Bytes.longInteger(bytes, offsets[i] + RecordFormat.ID_HIGH);
  }

  /// The lower half of the id of one of the events.
  public long idLow(int i) {
    return Bytes.longInteger(bytes, offsets[i] + RecordFormat.ID_LOW);
  }

  /// How many bytes they take in a commit.
  public int byteCount() {
    return bytes.length;
  }

  byte[] bytes() {
    return bytes;
  }
}
