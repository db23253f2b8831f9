// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.LeftfoldException;

/// Others were quicker each time a command was decided. Nothing was written; it may be given again.
public final class TooManyConflictsException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int attempts;

  TooManyConflictsException(Boundary<?> boundary, int attempts, LeftfoldException last) {
    super(
        "A command on the %s was decided %d times, and each time others wrote there first; give it again, or raise HandlingOptions.attemptsMax"
            .formatted(boundary, attempts),
        last);
    this.attempts = attempts;
  }

  /// How often it was decided.
  ///
  /// @return 1 or more
  public int attempts() {
    return attempts;
  }
}
