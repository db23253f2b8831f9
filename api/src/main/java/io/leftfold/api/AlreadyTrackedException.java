// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// What a follower made of an event was recorded already: its position in the source is not greater
/// than the one recorded. Go on behind [#recorded()].
public final class AlreadyTrackedException extends LeftfoldException {

  private static final long serialVersionUID = 1;

  private final transient Tracking tracking;
  private final long recorded;

  /// With what was to be recorded, and what is.
  ///
  /// @param tracking the source and the position that was to be recorded
  /// @param recorded the position that is recorded
  public AlreadyTrackedException(Tracking tracking, long recorded) {
    super(
        "Append expected position %d of source %s to be new, but %d is recorded already; go on behind that"
            .formatted(tracking.position(), tracking.source(), recorded));
    this.tracking = tracking;
    this.recorded = recorded;
  }

  /// What was to be recorded.
  ///
  /// @return the source and the position
  public Tracking tracking() {
    return tracking;
  }

  /// What is recorded of the source.
  ///
  /// @return the position
  public long recorded() {
    return recorded;
  }
}
