// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

/// Goes along the keys of a part in order, and along the places of each. Owned by one thread.
interface KeyCursor {

  /// Goes to the next key, if there is one.
  boolean next();

  /// The code of the kind, then the text; to be read until the next key.
  byte[] key();

  /// How many bytes of the array the key has.
  int keyLength();

  /// How many places the key has.
  long count();

  /// Of a stream: the revision of its first event.
  long firstRevision();

  /// Of a stream: whether revisions count up one by one from the first.
  boolean isConsecutive();

  /// Begins with the places of the key, perhaps again.
  void rewind();

  /// The next place; `count()` times after [#rewind()].
  long nextPlace();

  /// The key as text.
  default String text() {
    return IndexKey.decode(key(), keyLength());
  }

  /// Compares the keys at which two cursors stand.
  static int compare(KeyCursor a, KeyCursor b) {
    return IndexKey.compare(a.key(), a.keyLength(), b.key(), b.keyLength());
  }
}
