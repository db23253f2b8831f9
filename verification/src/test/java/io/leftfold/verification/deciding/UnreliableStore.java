// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.deciding;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.UnavailableException;
import java.util.function.Supplier;

/// A store of which answers get lost, before or after it did what was asked: nobody knows which.
final class UnreliableStore extends ForwardingEventStore {

  private final Supplier<Loss> losses;

  /// What becomes of an append.
  enum Loss {
    NONE,
    OF_THE_REQUEST,
    OF_THE_ANSWER
  }

  UnreliableStore(EventStore store, Supplier<Loss> losses) {
    super(store);
    this.losses = losses;
  }

  @Override
  public AppendResult append(Commit commit) {
    return switch (losses.get()) {
      case NONE -> super.append(commit);
      case OF_THE_REQUEST -> throw lost();
      case OF_THE_ANSWER -> {
        super.append(commit);
        throw lost();
      }
    };
  }

  private static UnavailableException lost() {
    return new UnavailableException(
        UnavailableException.Reason.UNREACHABLE, "The append was not answered; repeat it");
  }
}
