// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import java.nio.file.Path;
import java.time.Duration;

/// How long, how hard, and what happens meanwhile.
///
/// @param directory for the store and its backup
/// @param time of the load
/// @param seed of what is left to chance
/// @param rate events a second, of all writers
/// @param heap of the process with the store, as in `-Xmx`
/// @param writers how many
/// @param streams how many that live long, of all writers
/// @param killEvery the mean time between two kills
/// @param scavengeEvery the time between two scavenges
/// @param backupEvery the time between two backups
record SoakOptions(
    Path directory,
    Duration time,
    long seed,
    int rate,
    String heap,
    int writers,
    int streams,
    Duration killEvery,
    Duration scavengeEvery,
    Duration backupEvery) {

  SoakOptions {
    if (writers < 1 || writers > SoakState.WRITERS_MAX || streams < 10 * writers || rate < 1) {
      throw new IllegalArgumentException(
          "1 to %d writers, 10 streams for each and a rate above 0 expected, got %d, %d and %d"
              .formatted(SoakState.WRITERS_MAX, writers, streams, rate));
    }
  }
}
