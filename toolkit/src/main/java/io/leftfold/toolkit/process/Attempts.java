// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import java.time.Instant;
import java.util.Optional;

/// What was tried with a command so far, in this process.
///
/// @param count how often its target was asked
/// @param begun when it was asked first
/// @param outcome what became of it, if only recording that is left
record Attempts(int count, Instant begun, Optional<Settlement> outcome) {

  static final Attempts NONE = new Attempts(0, Instant.MAX, Optional.empty());

  Attempts plusOne(Instant now) {
    return new Attempts(count + 1, count == 0 ? now : begun, outcome);
  }

  Attempts with(Settlement known) {
    return new Attempts(count, begun, Optional.of(known));
  }
}
