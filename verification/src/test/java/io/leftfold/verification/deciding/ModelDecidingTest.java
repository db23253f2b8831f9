// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.deciding;

import io.leftfold.api.EventStore;
import io.leftfold.testkit.InMemoryEventStore;
import java.time.Clock;

/// Deciding on the model.
final class ModelDecidingTest extends DecidingContract {

  @Override
  EventStore open() {
    return new InMemoryEventStore(Clock.systemUTC());
  }
}
