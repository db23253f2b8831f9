// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.LeftfoldException;
import io.leftfold.projections.storage.CheckpointRecord;
import java.util.LinkedHashMap;
import java.util.Map;

/// Makes the step of what was folded since the last one.
///
/// @param name the projection's
/// @param fold has the states
/// @param loaded what the run goes on from
/// @param refusals what becomes of a run whose step cannot be made
/// @param commitBytesMax what a step may come to
record StepCutter(
    String name, Fold fold, LoadedRun loaded, StepRefusals refusals, long commitBytesMax) {

  /// What came of it.
  sealed interface Cut {
    /// A step that can be written.
    record Made(Step step) implements Cut {}

    /// None, and the run ends.
    record Ends(RunEnd how) implements Cut {}
  }

  /// Makes a step.
  ///
  /// @param number its number in the run
  /// @param last the checkpoint before it
  /// @param revision where that stands; −1 for nowhere
  /// @param position the last position looked at
  Cut cut(long number, CheckpointRecord last, long revision, long position, OpenStep open) {
    Map<String, String> outputs = new LinkedHashMap<>(open.frozenResults);
    StateChanges changes;
    try {
      for (var partition : open.touched) {
        outputs.put(partition, fold.result(partition));
      }
      changes = withoutParked(fold.save(), open);
    } catch (ProjectionFaultException | LeftfoldException e) {
      return new Cut.Ends(unsaved(open, e));
    }
    var objection = loaded.maker().objection(outputs.keySet());
    if (objection.isPresent()) {
      return new Cut.Ends(refusals.unsaved(open.events, objection.get()));
    }
    try {
      return make(number, last, revision, position, open, changes, outputs);
    } catch (IllegalArgumentException e) {
      return new Cut.Ends(refusals.unsaved(open.events, String.valueOf(e.getMessage())));
    } catch (LeftfoldException e) {
      return new Cut.Ends(unsaved(open, e));
    }
  }

  /// What it means that a state cannot be saved: some event made it so, or the store does not say
  /// what it was.
  RunEnd unsaved(OpenStep open, RuntimeException failure) {
    var storeFailure = loaded.states().failure();
    return storeFailure == null && failure instanceof ProjectionFaultException script
        ? refusals.unsaved(open.events, script.fault().describe(name))
        : RunEnd.ofStates(storeFailure == null ? failure : storeFailure);
  }

  /// What a script did to the state of a partition that is parked is not kept.
  private StateChanges withoutParked(StateChanges changes, OpenStep open) {
    var parked = loaded.parked();
    if (!parked.hasPartitions()) {
      return changes;
    }
    var kept = new LinkedHashMap<>(changes.partitions());
    kept.replaceAll((partition, text) -> open.frozenStates.getOrDefault(partition, text));
    kept.keySet()
        .removeIf(
            partition -> parked.holds(partition) && !open.frozenStates.containsKey(partition));
    return new StateChanges(kept, changes.shared());
  }

  private Cut make(
      long number,
      CheckpointRecord last,
      long revision,
      long position,
      OpenStep open,
      StateChanges changes,
      Map<String, String> outputs) {
    var fresh = changes.partitions().keySet().stream().filter(loaded.states()::isNew).count();
    var before = last.figures();
    var checkpoint =
        last.at(position, last.emitsFrom())
            .withFigures(_ ->
                new CheckpointRecord.Figures(
                    before.handled() + open.handled,
                    before.skipped() + open.skipped,
                    before.emitted() + open.emissions.size(),
                    before.partitions() + fresh));
    var commit = loaded.maker().make(number, revision, checkpoint, open, changes, outputs);
    var step = new Step(number, checkpoint, commit, changes, open.events, open.emissions);
    return StepMaker.bytes(commit) > commitBytesMax && open.events.size() > 1
        ? new Cut.Ends(refusals.tooLarge(step, "The step is too large"))
        : new Cut.Made(step);
  }
}
