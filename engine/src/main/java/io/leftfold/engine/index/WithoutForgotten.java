// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

/// Along the keys of a part, without those that are to be forgotten.
final class WithoutForgotten implements KeyCursor {

  private final KeyCursor keys;
  private final Forgetting forgetting;
  private final MemoryTable.Known before;
  private final long[] newKeys;
  private long left;

  /// @param before knows the keys of the parts before
  /// @param newKeys of the part, by the code of their kind; becomes less by those that are left out
  WithoutForgotten(
      KeyCursor keys, Forgetting forgetting, MemoryTable.Known before, long[] newKeys) {
    this.keys = keys;
    this.forgetting = forgetting;
    this.before = before;
    this.newKeys = newKeys;
  }

  @Override
  public boolean next() {
    while (keys.next()) {
      if (!forgetting.takes(keys)) {
        return true;
      }
      leaveOut(KeyKind.of(keys.key()[0]));
    }
    return false;
  }

  private void leaveOut(KeyKind kind) {
    left++;
    if (newKeys[kind.code()] > 0 && !before.has(kind, keys.text())) {
      newKeys[kind.code()]--;
    }
  }

  /// How many keys were left out so far.
  long left() {
    return left;
  }

  @Override
  public byte[] key() {
    return keys.key();
  }

  @Override
  public int keyLength() {
    return keys.keyLength();
  }

  @Override
  public String text() {
    return keys.text();
  }

  @Override
  public long count() {
    return keys.count();
  }

  @Override
  public long firstRevision() {
    return keys.firstRevision();
  }

  @Override
  public boolean isConsecutive() {
    return keys.isConsecutive();
  }

  @Override
  public void rewind() {
    keys.rewind();
  }

  @Override
  public long nextPlace() {
    return keys.nextPlace();
  }
}
