// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Events of one stream, laid out as records by the caller's thread. What only the writer knows
/// (revision, distance to the commit, checksum) is filled in when they are written.
public final class EncodedRecords {

  private static final EncodedRecords NONE = new EncodedRecords(new byte[0], 0);

  private final byte[] bytes;
  private final int count;

  private EncodedRecords(byte[] bytes, int count) {
    this.bytes = bytes;
    this.count = count;
  }

  /// Lays out events one after the other.
  public static EncodedRecords of(StreamName stream, List<ProposedEvent> events) {
    if (events.isEmpty()) {
      return NONE;
    }
    var name = stream.value().getBytes(StandardCharsets.UTF_8);
    var types = new byte[events.size()][];
    var total = 0;
    for (var i = 0; i < types.length; i++) {
      types[i] = typeBytes(events, types, i);
      total = Math.addExact(total, recordBytes(name, types[i], events.get(i)));
    }
    var bytes = new byte[total];
    var at = 0;
    for (var i = 0; i < types.length; i++) {
      at = encode(bytes, at, name, types[i], events.get(i));
    }
    return new EncodedRecords(bytes, types.length);
  }

  private static byte[] typeBytes(List<ProposedEvent> events, byte[][] types, int i) {
    var type = events.get(i).type();
    return i > 0 && type.equals(events.get(i - 1).type())
        ? types[i - 1]
        : type.getBytes(StandardCharsets.UTF_8);
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
    return count;
  }

  /// How many bytes they take in a commit.
  public int byteCount() {
    return bytes.length;
  }

  byte[] bytes() {
    return bytes;
  }
}
