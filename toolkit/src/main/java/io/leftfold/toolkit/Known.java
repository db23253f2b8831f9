// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.toolkit.Checkpoint.Role;
import java.util.HashSet;
import java.util.Set;

/// What is known of a version.
///
/// @param through the position up to which everything was looked at; the checkpoint may be behind
/// @param parked the partitions that stand still
/// @param gate the position that it must not pass: of the version in whose place it is to come
record Known(Checkpoint checkpoint, long through, Set<String> parked, long gate) {

  boolean isBuilding() {
    return checkpoint.role() == Role.BUILDING;
  }

  boolean isRetired() {
    return checkpoint.role() == Role.RETIRED;
  }

  Known at(Checkpoint next) {
    return new Known(next, Math.max(next.position(), through), parked, gate);
  }

  Known alsoParked(Set<String> partitions) {
    if (partitions.isEmpty()) {
      return this;
    }
    var all = new HashSet<>(parked);
    all.addAll(partitions);
    return new Known(checkpoint, through, Set.copyOf(all), gate);
  }

  Known without(String partition) {
    var rest = new HashSet<>(parked);
    rest.remove(partition);
    return new Known(checkpoint, through, Set.copyOf(rest), gate);
  }

  Known lookedThrough(long position) {
    return new Known(checkpoint, Math.max(position, through), parked, gate);
  }

  Known behind(long otherGate) {
    return new Known(checkpoint, through, parked, otherGate);
  }
}
