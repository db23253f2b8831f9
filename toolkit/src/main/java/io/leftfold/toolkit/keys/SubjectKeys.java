// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.keys;

import java.security.SecureRandom;
import java.util.Optional;

/// A key for each subject, which seals and opens what is personal, until it is destroyed. The seam
/// for whatever keeps keys: a directory ([KeyDirectory]), a database, a service. Keys do not come
/// out of it.
///
/// Once [#erase] has returned, nothing is opened for the subject any more, and nothing is ever
/// sealed for it again: neither with the old key nor with a new one. What was being opened or
/// sealed meanwhile is finished before. May be used by any number of threads.
public interface SubjectKeys {

  /// Seals something. A subject that has no key gets one, which is durable before anything sealed
  /// with it is returned.
  ///
  /// @param subject whom it is about
  /// @param plain the bytes
  /// @param context where they belong; whoever opens them has to say the same, so that what was
  ///   sealed cannot be moved elsewhere
  /// @return other bytes each time
  /// @throws SubjectErasedException if the subject is erased
  byte[] seal(Subject subject, byte[] plain, byte[] context);

  /// Opens what was sealed.
  ///
  /// @param subject whom it is about
  /// @param sealed as [#seal] made it
  /// @param context as it was sealed with
  /// @return the bytes; empty if the subject is erased
  /// @throws BrokenSealException if it was sealed for somebody else or somewhere else, or changed;
  ///   and if the subject has no key and is not erased either, for a key that is lost is no erasure
  Optional<byte[]> open(Subject subject, byte[] sealed, byte[] context);

  /// Destroys the key of a subject, if it has one, damaged or not, and remembers for ever that it
  /// is erased.
  ///
  /// @param subject whose
  /// @return whether it was not erased before
  boolean erase(Subject subject);

  /// Whether a subject is erased, as far as these keys know: with a backup of them they forget what
  /// was erased since.
  ///
  /// @param subject who
  /// @return whether [#erase] would return false
  boolean isErased(Subject subject);

  /// Keys in memory, for tests: with the program ends all that they can open.
  ///
  /// @param random makes keys and nonces
  /// @return no keys yet
  static SubjectKeys inMemory(SecureRandom random) {
    return new Sealing(new KeysInMemory(), random);
  }
}
