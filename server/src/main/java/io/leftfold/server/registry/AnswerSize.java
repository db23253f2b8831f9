// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

/// How large an answer is so far, about: lists have no pages on the wire.
final class AnswerSize {

  private static final long BYTES_MAX = 16L << 20;

  /// What an entry takes beside what is counted.
  private static final int ENTRY_BYTES = 100;

  private long bytes;

  /// Counts an entry.
  ///
  /// @param more its text
  /// @throws RegistryException if the answer becomes too large
  void add(int more) {
    bytes += more + ENTRY_BYTES;
    if (bytes > BYTES_MAX) {
      throw new RegistryException(
          RegistryException.Kind.ANSWER_TOO_LARGE,
          "",
          "An answer has %,d bytes at most, and this one would have more; ask for fewer by prefix or tags, or without definitions"
              .formatted(BYTES_MAX));
    }
  }
}
