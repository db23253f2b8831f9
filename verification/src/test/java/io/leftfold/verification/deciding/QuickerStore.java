// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.deciding;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ForwardingEventStore;

/// A store in which somebody else is quicker than the first append.
final class QuickerStore extends ForwardingEventStore {

  private final Runnable other;
  private boolean first = true;

  QuickerStore(EventStore store, Runnable other) {
    super(store);
    this.other = other;
  }

  @Override
  public AppendResult append(Commit commit) {
    if (first) {
      first = false;
      other.run();
    }
    return super.append(commit);
  }
}
