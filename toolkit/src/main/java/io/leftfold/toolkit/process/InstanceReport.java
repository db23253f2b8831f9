// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.toolkit.CommandId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How it is with an instance, for operators.
///
/// @param instance its name
/// @param phase what becomes of inputs
/// @param parked why it is parked, if it is
/// @param held how many inputs came and are not handled
/// @param open the commands that are not settled, in the order in which they were sent
/// @param timers when each that runs is due
public record InstanceReport(
    String instance,
    Phase phase,
    Optional<String> parked,
    int held,
    List<CommandId> open,
    Map<String, Instant> timers) {

  /// Copies what could change.
  public InstanceReport {
    open = List.copyOf(open);
    timers = Map.copyOf(timers);
  }

  /// What becomes of inputs.
  public enum Phase {
    /// There is none of this name.
    ABSENT,
    /// They are handled.
    RUNNING,
    /// They are held until somebody resumes it.
    PARKED,
    /// They mean nothing any more.
    COMPLETED
  }
}
