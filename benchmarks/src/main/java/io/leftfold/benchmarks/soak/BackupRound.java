// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.api.BackupReport;
import io.leftfold.api.UnavailableException;
import io.leftfold.client.RemoteEventStore;
import java.nio.file.Path;

/// Brings the backup up to date, while the store is in use, and looks at it as at a store.
final class BackupRound {

  private static final String NAME = "soak";

  private final RemoteEventStore store;
  private final SoakState state;
  private final Path directory;

  BackupRound(RemoteEventStore store, SoakState state, Path directory) {
    this.store = store;
    this.state = state;
    this.directory = directory.resolve(NAME);
  }

  void run() {
    BackupReport report;
    try {
      report = store.backup(NAME, _ -> {});
    } catch (UnavailableException e) {
      // Killed meanwhile. The next one goes on from there.
      state.counts().backupInterrupted();
      return;
    }
    var found = new FinalCheck("backup " + (state.counts().backups() + 1), state).check(directory);
    if (found != report.nextPosition()) {
      state
          .violations()
          .report(
              "The backup was said to end before position %d, and ends before %d"
                  .formatted(report.nextPosition(), found));
    }
    state.counts().backedUp();
  }
}
