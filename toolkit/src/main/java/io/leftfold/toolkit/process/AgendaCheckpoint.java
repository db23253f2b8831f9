// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import java.util.List;

/// From where on the entries of a process say what is to be done: all that is open of what lies at
/// the position or before is open in these instances, or is open no more. That stays true whatever
/// comes later, so any runner may begin here, with the instances as they are by then.
///
/// ```
///   |  read in the instances that are named  | position |  read entry by entry …
/// ```
///
/// @param position up to which entries need not be read
/// @param instances their names
/// @param census of the instances, counted further than that
record AgendaCheckpoint(long position, List<String> instances, Census census) {

  /// Of so many instances the names are kept at most. If more have something open, the position is
  /// that much lower.
  static final int INSTANCES_MAX = 1_000;

  AgendaCheckpoint {
    instances = List.copyOf(instances);
  }
}
