// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// Whether a projection runs, and if not, why.
public enum ProjectionState {
  /// Folds, or waits for the next event.
  RUNNING("Running"),
  /// Somebody stopped it; its checkpoint is where it stopped.
  STOPPED("Stopped"),
  /// Somebody stopped it without the step that was open.
  ABORTED("Aborted"),
  /// An event made the script fail and its policy says stop, or the store refused.
  FAULTED("Faulted"),
  /// It came to the end of the log and was not to go further.
  COMPLETED("Completed");

  private final String text;

  ProjectionState(String text) {
    this.text = text;
  }

  /// How the wire calls it.
  ///
  /// @return one word
  @Override
  public String toString() {
    return text;
  }
}
