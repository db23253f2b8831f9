// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What a run collected, for its report. Filled by one thread.
final class SoakSummary {

  /// A start of the process with the store.
  record Start(Duration untilReady, Duration opening) {}

  /// A look at the process and its directory.
  ///
  /// @param at since the beginning
  /// @param events acknowledged so far
  /// @param disk bytes in the directory of the store
  /// @param appendP99 of the appends since the last look, in microseconds
  record Sample(
      Duration at,
      long events,
      StoreProcess.Memory memory,
      long disk,
      long appendP99,
      long behind) {}

  final List<Start> starts = new ArrayList<>();
  final List<Sample> samples = new ArrayList<>();
  final List<String> followers = new ArrayList<>();
  int scavengesDone;
  int chunksScavenged;
  long bytesFreed;
  long positions;
  long unknown;
  Duration checking = Duration.ZERO;
}
