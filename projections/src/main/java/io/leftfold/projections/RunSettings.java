// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// How a run goes about its work.
///
/// @param config the projection's configuration
/// @param untilEnd whether it ends at the end of the log
/// @param mayEmit whether what is emitted is written
/// @param isStored whether anything is written at all
/// @param isHeld whether it folds nothing until it is told how far it may come
/// @param commitBytesMax what a step may come to
record RunSettings(
    ProjectionConfig config,
    boolean untilEnd,
    boolean mayEmit,
    boolean isStored,
    boolean isHeld,
    long commitBytesMax) {

  static final long COMMIT_BYTES_MAX = 32L << 20;

  static RunSettings of(ProjectionConfig config, ProjectionMode mode) {
    return new RunSettings(
        config,
        mode != ProjectionMode.CONTINUOUS,
        config.emitEnabled(),
        true,
        false,
        COMMIT_BYTES_MAX);
  }

  /// That of a version that is built beside another one, which emits in its place.
  RunSettings beside() {
    return new RunSettings(config, false, false, true, true, commitBytesMax);
  }

  /// Of a projection that nothing is kept of.
  RunSettings inMemory() {
    return new RunSettings(config, untilEnd, false, false, false, commitBytesMax);
  }
}
