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

  private static final long EMITTED_BYTES_MAX = 8L << 20;
  private static final int PARKED_MAX = 500;
  private static final long PARKED_BYTES_MAX = 8L << 20;

  /// Nobody knows what the states in the script's hands have grown to, but what they have grown by
  /// was allocated.
  static final long ALLOCATED_BYTES_MAX = 256L << 20;

  /// A checkpoint is written for events that mean nothing, but so seldom that a projection of
  /// everything does not keep itself busy with its own checkpoints.
  private static final long PASSED_MAX = 50_000;

  final List<ResolvedEvent> events = new ArrayList<>();
  final List<Emission> emissions = new ArrayList<>();
  final List<ParkedRecord> parked = new ArrayList<>();
  final Set<String> touched = new LinkedHashSet<>();

  /// States and results of partitions that were parked in this step, as they were then.
  final Map<String, String> frozenStates = new HashMap<>();

  final Map<String, String> frozenResults = new HashMap<>();
  final long began;
  long bytes;
  long allocatedBytes;
  private long emittedBytes;
  private long parkedBytes;
  long passed;
  long handled;
  long skipped;

  OpenStep(long began) {
    this.began = began;
  }

  void emit(List<Emission> emitted) {
    emissions.addAll(emitted);
    emitted.forEach(emission -> emittedBytes += emission.bytes());
  }

  void park(ParkedRecord.Parked said) {
    parked.add(said);
    parkedBytes += said.chars();
  }

  /// Keeps the state of a partition that is parked.
  void freeze(String partition, String state) {
    frozenStates.put(partition, state);
    parkedBytes += state.length();
  }

  /// Whether it is to end before anything more is folded.
  ///
  /// @param times how many times as many events it may have as the configuration says
  /// @param eventsMax how many events it has at most, whatever the configuration says
  boolean isFull(ProjectionConfig config, long times, int eventsMax) {
    return events.size() >= times * config.checkpointHandledThreshold()
        || events.size() >= eventsMax
        || bytes >= config.checkpointUnhandledBytesThreshold()
        || (allocatedBytes >= ALLOCATED_BYTES_MAX && !events.isEmpty())
        || emissions.size() >= times * config.maxWriteBatchLength()
        || emittedBytes >= EMITTED_BYTES_MAX
        || parked.size() >= PARKED_MAX
        || parkedBytes >= PARKED_BYTES_MAX
        || passed >= PASSED_MAX;
  }

  /// How many events there is room for.
  ///
  /// @param times how many times as many events it may have as the configuration says
  /// @param eventsMax how many events it has at most, whatever the configuration says
  /// @param emittedForEach how many events one event emits, by experience
  long room(ProjectionConfig config, long times, int eventsMax, long emittedForEach) {
    var handled = Math.min(times * config.checkpointHandledThreshold(), eventsMax) - events.size();
    var written = times * config.maxWriteBatchLength() - emissions.size();
    return Math.min(handled, written / Math.max(1, emittedForEach));
  }

  /// Whether there is anything that somebody waits for.
  boolean hasEffects() {
    return handled > 0 || skipped > 0 || !parked.isEmpty();
  }
}
