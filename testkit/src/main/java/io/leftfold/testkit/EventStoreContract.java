// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

/// What every event store does. Extend it for an implementation, and say how one is opened:
///
/// ```java
/// final class InMemoryEventStoreTest extends EventStoreContract {
///   @Override
///   protected EventStore open(Clock clock) {
///     return new InMemoryEventStore(clock);
///   }
/// }
/// ```
///
/// The parts stand in classes of their own, by what they are about. What is decided where the
/// interface is silent is listed at [InMemoryEventStore].
public abstract class EventStoreContract extends SubscribingContract {

  /// For an implementation.
  protected EventStoreContract() {}
}
