// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.folding;

import io.leftfold.api.EventStore;
import io.leftfold.testkit.InMemoryEventStore;
import java.time.Clock;

/// Folding from the model.
final class ModelFoldingTest extends FoldingContract {

  @Override
  EventStore open() {
    return new InMemoryEventStore(Clock.systemUTC());
  }
}
