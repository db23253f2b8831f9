// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static java.util.Map.entry;

import io.leftfold.testkit.ModelComparison.Candidate;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.RepeatedTest;

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
/// interface is silent is listed at [InMemoryEventStore]. At the end stand steps by chance, which
/// the store and the model answer alike.
public abstract class EventStoreContract extends VirtualStreamsContract {

  private static final Map<Capability, Steps.Kind> KINDS =
      Map.ofEntries(
          entry(Capability.TAGS, Steps.Kind.TAGS),
          entry(Capability.BOUNDARIES, Steps.Kind.BOUNDARIES),
          entry(Capability.COMMITS_OF_SEVERAL_STREAMS, Steps.Kind.COMMITS_OF_SEVERAL_STREAMS),
          entry(Capability.LIST_OF_STREAMS, Steps.Kind.LIST_OF_STREAMS),
          entry(Capability.FILTERS_BY_INDEX, Steps.Kind.FILTERS_BY_INDEX),
          entry(Capability.CHECKPOINTS_AT_ANY_INTERVAL, Steps.Kind.CHECKPOINTS),
          entry(Capability.CLOCK, Steps.Kind.CLOCK),
          entry(Capability.TIME, Steps.Kind.TIME));

  /// For an implementation.
  protected EventStoreContract() {}

  @RepeatedTest(10)
  void whatever_is_done_the_store_answers_as_the_model() {
    needs(Capability.CLOCK);
    needs(Capability.EXACT_STATES);
    needs(Capability.REPEATS_ARE_TOLD);
    var kinds = EnumSet.noneOf(Steps.Kind.class);
    capabilities().stream().filter(KINDS::containsKey).map(KINDS::get).forEach(kinds::add);
    var seed = Steps.seed();

    ModelComparison.run(
        seed, Steps.from(seed, kinds).take(150), clock -> Candidate.of(open(clock)));
  }
}
