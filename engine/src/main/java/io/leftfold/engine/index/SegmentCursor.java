// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import java.util.Arrays;

/// Along the keys of a segment, from the first, or along those of one kind from one on.
final class SegmentCursor implements KeyCursor {

  private static final int KEY_BYTES_MAX = 1 << 17;

  private final Segment segment;
  private final PageReader reader;
  private final boolean isOfOneKind;
  private final byte kind;
  private byte[] from;
  private long leaf;
  private long leafEnd;

  private byte[] key = new byte[64];
  private int keyLength;
  private long count;
  private long revision;
  private long firstPlace;
  private long bodyAt;
  private long end;

  private long place;
  private boolean begun;

  /// Along all keys.
  SegmentCursor(Segment segment) {
    this(segment, new byte[0], 0, false);
  }

  /// Along the keys of the kind of a key, from that on.
  ///
  /// @param leaf in which the key is, if it is anywhere
  SegmentCursor(Segment segment, byte[] from, long leaf) {
    this(segment, from, leaf, true);
  }

  private SegmentCursor(Segment segment, byte[] from, long leaf, boolean isOfOneKind) {
    this.segment = segment;
    this.reader = new PageReader(segment.pages());
    this.from = from;
    this.leaf = leaf - 1;
    this.isOfOneKind = isOfOneKind;
    this.kind = isOfOneKind ? from[0] : 0;
  }

  @Override
  public boolean next() {
    while (advance()) {
      if (from.length == 0 || IndexKey.compare(key, keyLength, from, from.length) >= 0) {
        from = new byte[0];
        return !isOfOneKind || key[0] == kind;
      }
    }
    return false;
  }

  private boolean advance() {
    reader.moveTo(end);
    if (end == leafEnd) {
      if (leaf + 1 == segment.header().leaves()) {
        return false;
      }
      leaf++;
      leafEnd = segment.leafEnd(leaf);
      reader.moveTo(segment.leafAt(leaf));
    }
    readKey();
    count = reader.varint();
    revision = key[0] == KeyKind.STREAM.code() ? reader.varint() : 0;
    firstPlace = reader.varint();
    var bodyBytes = count > 1 ? reader.varint() : 0;
    bodyAt = reader.offset();
    end = bodyAt + bodyBytes;
    return true;
  }

  private void readKey() {
    var shared = (int) reader.varint();
    var own = (int) reader.varint();
    if (shared > keyLength || own < 0 || own > KEY_BYTES_MAX) {
      throw segment.pages().damaged(reader.offset(), "a key expected, found none");
    }
    keyLength = shared + own;
    if (keyLength > key.length) {
      key = Arrays.copyOf(key, 2 * keyLength);
    }
    for (var i = shared; i < keyLength; i++) {
      key[i] = (byte) reader.next();
    }
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public int keyLength() {
    return keyLength;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public long firstRevision() {
    return revision >>> 1;
  }

  @Override
  public boolean isConsecutive() {
    return (revision & 1) == 0;
  }

  @Override
  public void rewind() {
    reader.moveTo(bodyAt);
    begun = false;
  }

  @Override
  public long nextPlace() {
    place = begun ? place + reader.varint() : firstPlace;
    begun = true;
    return place;
  }
}
