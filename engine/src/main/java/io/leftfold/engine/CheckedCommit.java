// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.api.Commit;

/// A commit of which [LocalEventStore#check] has found out that it makes sense, so that it need not
/// be looked at again when it is appended to that store.
public final class CheckedCommit {

  final LocalEventStore store;
  final Commit commit;
  private final long bytes;

  CheckedCommit(LocalEventStore store, Commit commit, long bytes) {
    this.store = store;
    this.commit = commit;
    this.bytes = bytes;
  }

  /// About how many bytes it takes in the log.
  ///
  /// @return 0 or more
  public long bytes() {
    return bytes;
  }
}
