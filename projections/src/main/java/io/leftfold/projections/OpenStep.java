// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.storage.ParkedRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What was folded since the last step was made.
final class OpenStep {

  final List<ResolvedEvent> events = new ArrayList<>();
  final List<Emission> emissions = new ArrayList<>();
  final List<ParkedRecord> parked = new ArrayList<>();
  final Set<String> touched = new LinkedHashSet<>();

  /// States and results of partitions that were parked in this step, as they were then.
  final Map<String, String> frozenStates = new HashMap<>();

  final Map<String, String> frozenResults = new HashMap<>();
  final long began;
  long bytes;
  long emittedBytes;
  long passed;
  long handled;
  long skipped;

  OpenStep(long began) {
    this.began = began;
  }

  /// Whether there is anything that somebody waits for.
  boolean hasEffects() {
    return handled > 0 || skipped > 0 || !parked.isEmpty();
  }
}
