// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

/// How far one version of a projection has come, as it is kept beside its view.
///
/// @param version of what
/// @param role what readers see of it
/// @param position of the last event of the store that was looked at: whatever the projection wants
///   up to there is in the view, or parked; −1 before the first
/// @param reactsAfter reactions take place for events behind this position only
/// @param revision counts the changes: who changes a checkpoint says which one, and is refused if
///   somebody else was quicker
public record Checkpoint(
    ProjectionVersion version, Role role, long position, long reactsAfter, long revision) {

  /// What readers see of a version.
  public enum Role {
    /// It is folded beside the one that is read, and reacts to nothing.
    BUILDING,
    /// It is what is read.
    LIVE,
    /// A newer one has taken its place; it is folded no further.
    RETIRED
  }

  /// Of a version that has not folded anything.
  static Checkpoint first(ProjectionVersion version, Role role, long reactsAfter) {
    return new Checkpoint(version, role, -1, reactsAfter, 0);
  }

  /// The next one, as far as a position.
  Checkpoint at(long through) {
    return new Checkpoint(version, role, through, reactsAfter, revision + 1);
  }

  /// The next one, where this is; whoever knows this one is refused from now on.
  Checkpoint touched() {
    return at(position);
  }

  /// The next one, in the place of a version that came as far as a position.
  Checkpoint live(long predecessorPosition) {
    return new Checkpoint(
        version, Role.LIVE, predecessorPosition, predecessorPosition, revision + 1);
  }

  /// The last one.
  Checkpoint retired() {
    return new Checkpoint(version, Role.RETIRED, position, reactsAfter, revision + 1);
  }
}
