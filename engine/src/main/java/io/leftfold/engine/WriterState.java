// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import java.util.Optional;

/// Whether appends are taken, and how much there is to do and room to do it.
///
/// @param queueLength how many appends wait to be written
/// @param queueLengthMax how many may
/// @param queueBytes how many bytes of events wait
/// @param queueBytesMax how many may
/// @param diskUsableBytes how many bytes can still be written; [Long#MAX_VALUE] if nobody knows
/// @param diskReserveBytes how many of them are kept: an append that would go into them is refused
/// @param failure why no appends are taken until the store is opened again; empty if they are
public record WriterState(
    int queueLength,
    int queueLengthMax,
    long queueBytes,
    long queueBytesMax,
    long diskUsableBytes,
    long diskReserveBytes,
    Optional<String> failure) {

  /// Whether the disk has no more room than its reserve. Appends are taken again when it has.
  ///
  /// @return whether appends are refused for that
  public boolean isDiskFull() {
    return diskUsableBytes < diskReserveBytes;
  }
}
