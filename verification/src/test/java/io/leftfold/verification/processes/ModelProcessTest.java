// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.processes;

import io.leftfold.api.EventStore;
import io.leftfold.testkit.InMemoryEventStore;
import java.time.Clock;

/// Processes on the model, which goes through all it has for each question: a few of them.
final class ModelProcessTest extends ProcessContract {

  @Override
  EventStore open() {
    return new InMemoryEventStore(Clock.systemUTC());
  }

  @Override
  int many() {
    return 20;
  }
}
