// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.toolkit.Checkpoint.Role;
import java.util.List;
import java.util.Optional;

/// Which of the versions of a projection is which.
final class Versions {

  private Versions() {}

  /// The one that is read.
  static Optional<Checkpoint> live(List<Checkpoint> checkpoints) {
    return checkpoints.stream().filter(one -> one.role() == Role.LIVE).findFirst();
  }

  static Optional<Checkpoint> of(ProjectionVersion version, List<Checkpoint> checkpoints) {
    return checkpoints.stream().filter(one -> one.version().equals(version)).findFirst();
  }
}
