// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import io.leftfold.api.EventStore;
import java.time.Clock;

final class InMemoryEventStoreTest extends EventStoreContract {

  @Override
  protected EventStore open(Clock clock) {
    return new InMemoryEventStore(clock);
  }
}
