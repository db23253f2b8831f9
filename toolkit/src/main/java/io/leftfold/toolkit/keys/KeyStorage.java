// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.keys;

/// Where keys lie. Called by one thread at a time, but for [#find].
interface KeyStorage {

  /// What is there of a subject.
  sealed interface Found {
    /// A key, which is as good as public to whoever has it.
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares keys.
    record Key(byte[] bytes) implements Found {}

    /// The subject was erased.
    record Erased() implements Found {}

    /// Nobody has heard of the subject.
    record Nothing() implements Found {}
  }

  /// What is there of a subject.
  ///
  /// @throws BrokenSealException if there is a key, and it is damaged
  Found find(Subject subject);

  /// Keeps a key of a subject of which nothing is there. It is durable when this returns; if this
  /// throws, there is none.
  void keep(Subject subject, byte[] key);

  /// Destroys the key of a subject, if there is one, and remembers that it is erased. Both are
  /// durable when this returns.
  void erase(Subject subject);
}
