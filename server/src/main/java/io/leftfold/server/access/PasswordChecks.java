// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;

/// Hashes passwords, on purpose slowly, and only so many at a time: whoever sends wrong ones does
/// not get all processors.
///
/// Each check costs one hash of today's kind, whoever the user is and whether there is one.
final class PasswordChecks {

  private final int iterations;
  private final RandomGenerator random;
  private final Semaphore turns;

  PasswordChecks(int iterations, RandomGenerator random, int atOnce) {
    this.iterations = iterations;
    this.random = random;
    this.turns = new Semaphore(atOnce, true);
  }

  /// The answer to one password.
  ///
  /// @param matches whether it is the right one
  /// @param stronger what is to be kept of it from now on, if what is kept is too weak
  record Answer(boolean matches, Optional<PasswordHash> stronger) {}

  PasswordHash hash(String password) {
    turns.acquireUninterruptibly();
    try {
      return PasswordHash.of(password, iterations, random);
    } finally {
      turns.release();
    }
  }

  /// Compares with what is kept of a user's password, or with nothing, which takes as long.
  Answer check(Optional<User> user, String password) {
    turns.acquireUninterruptibly();
    try {
      var kept = user.map(User::password);
      if (kept.isPresent() && !kept.get().isWeakerThan(iterations)) {
        return new Answer(kept.get().matches(password), Optional.empty());
      }
      var matches = kept.isPresent() && kept.get().matches(password);
      var today = PasswordHash.of(password, iterations, random);
      return new Answer(matches, matches ? Optional.of(today) : Optional.empty());
    } finally {
      turns.release();
    }
  }
}
