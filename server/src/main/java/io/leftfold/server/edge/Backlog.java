// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

/// What came of a request while its call was paused: in one array, however small the frames were in
/// which it came.
final class Backlog {

  private static final byte[] NOTHING = {};
  private static final int FIRST_BYTES = 1024;

  private byte[] bytes = NOTHING;
  private int from;
  private int to;

  boolean isEmpty() {
    return from == to;
  }

  /// How much it takes, which may be more than is in it.
  int memory() {
    return bytes.length;
  }

  void add(byte[] source, int offset, int count) {
    if (count > bytes.length - to) {
      makeRoom(count);
    }
    System.arraycopy(source, offset, bytes, to, count);
    to += count;
  }

  /// In another array, always: listeners may keep what they were given of this one.
  private void makeRoom(int count) {
    var size = size();
    var roomy = new byte[Math.max(FIRST_BYTES, size + Math.max(size, count))];
    System.arraycopy(bytes, from, roomy, 0, size);
    bytes = roomy;
    from = 0;
    to = size;
  }

  /// What is in it, from [#from] on.
  byte[] bytes() {
    return bytes;
  }

  int from() {
    return from;
  }

  int size() {
    return to - from;
  }

  /// So many of the first bytes are not needed any more.
  void taken(int count) {
    from += count;
    if (isEmpty()) {
      clear();
    }
  }

  void clear() {
    bytes = NOTHING;
    from = 0;
    to = 0;
  }
}
