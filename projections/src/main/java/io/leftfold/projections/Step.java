// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.Commit;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.storage.CheckpointRecord;
import java.util.List;

/// A step, ready to be written.
///
/// @param number counts the steps of a run
/// @param checkpoint how far the projection is with it
/// @param commit all of it
/// @param changes the states that it leaves
/// @param events what was folded, to be folded again if the store refuses the step
/// @param emissions what was emitted
record Step(
    long number,
    CheckpointRecord checkpoint,
    Commit commit,
    StateChanges changes,
    List<ResolvedEvent> events,
    List<Emission> emissions) {}
