// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import java.util.concurrent.atomic.LongAdder;

/// What was done so far.
final class Counts {

  private final LongAdder commits = new LongAdder();
  private final LongAdder repeated = new LongAdder();
  private final LongAdder comparisons = new LongAdder();
  private final LongAdder scavenges = new LongAdder();
  private final LongAdder backups = new LongAdder();
  private final LongAdder backupsInterrupted = new LongAdder();
  private final LongAdder reconnects = new LongAdder();

  void committed(boolean idempotent) {
    commits.increment();
    if (idempotent) {
      repeated.increment();
    }
  }

  void compared() {
    comparisons.increment();
  }

  void scavenged() {
    scavenges.increment();
  }

  void backedUp() {
    backups.increment();
  }

  void backupInterrupted() {
    backupsInterrupted.increment();
  }

  void reconnected() {
    reconnects.increment();
  }

  long commits() {
    return commits.sum();
  }

  /// Those whose first try was not answered, and had been written.
  long repeated() {
    return repeated.sum();
  }

  long comparisons() {
    return comparisons.sum();
  }

  /// How many were begun, or were found running.
  long scavenges() {
    return scavenges.sum();
  }

  long backups() {
    return backups.sum();
  }

  long backupsInterrupted() {
    return backupsInterrupted.sum();
  }

  long reconnects() {
    return reconnects.sum();
  }
}
