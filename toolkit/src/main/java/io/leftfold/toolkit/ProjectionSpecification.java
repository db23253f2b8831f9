// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.EventFilter;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// A projection by examples, for tests: without a store, without threads, in any test framework.
///
/// ```java
/// ProjectionSpecification.of(BALANCES)
///     .given(StreamName.of("account-7"), new Deposited(50), new Withdrawn(20))
///     .given(StreamName.of("account-8"), new Deposited(5))
///     .then(Map.of("account-7", 30L, "account-8", 5L));
/// ```
///
/// Besides the states that are named, every comparison holds that folding is repeatable: folded
/// once more, event by event, and each partition by itself, it comes to the same. A projection that
/// looks at anything but its view and the event, or at another partition, fails.
///
/// What is not as it was said to be is an [AssertionError].
///
/// @param <E> the events of the application
/// @param <S> the state of a partition
public final class ProjectionSpecification<E, S> {

  private final Projection<E, States<S>> projection;
  private final List<RecordedEvent> given;

  private ProjectionSpecification(Projection<E, States<S>> projection, List<RecordedEvent> given) {
    this.projection = projection;
    this.given = List.copyOf(given);
  }

  /// Of a projection to which nothing has happened.
  ///
  /// @param projection what events do
  /// @param <E> the events of the application
  /// @param <S> the state of a partition
  /// @return a specification in which nothing has happened
  public static <E, S> ProjectionSpecification<E, S> of(Projection<E, States<S>> projection) {
    return new ProjectionSpecification<>(projection, List.of());
  }

  /// What happened, behind what was given already: a second later for each event, from the first of
  /// January 2026 on.
  ///
  /// @param stream where it was recorded
  /// @param events in order
  /// @return the new specification
  /// @throws AssertionError if the projection does not want an event that is given, as far as can
  ///   be told
  @SafeVarargs
  @SuppressWarnings("varargs") // The array is only read.
  public final ProjectionSpecification<E, S> given(StreamName stream, E... events) {
    var all = new ArrayList<>(given);
    for (var event : events) {
      all.add(wanted(recorded(stream, event, all)));
    }
    return new ProjectionSpecification<>(projection, all);
  }

  private RecordedEvent recorded(StreamName stream, E event, List<RecordedEvent> before) {
    var stored = projection.codec().encode(event);
    return new RecordedEvent(
        before.size() + 1L,
        stream,
        before.stream().filter(one -> one.stream().equals(stream)).count(),
        stored.id(),
        stored.type(),
        stored.contentType(),
        Instant.parse("2026-01-01T00:00:00Z").plusSeconds(before.size()),
        stored.data(),
        stored.metadata(),
        stored.tags());
  }

  private RecordedEvent wanted(RecordedEvent event) {
    var isWanted =
        switch (projection.source()) {
          case EventFilter.Matching(var query) -> query.matches(event);
          case EventFilter.Types(var types) -> types.contains(event.type());
          case EventFilter.Tagged(var tags) -> event.tags().containsAll(tags);
          case EventFilter.Category(var category) ->
              event.stream().category().filter(category::equals).isPresent();
          case EventFilter.StreamPrefix(var prefixes) ->
              prefixes.stream().anyMatch(event.stream().value()::startsWith);
          case EventFilter.TypePrefix(var prefixes) ->
              prefixes.stream().anyMatch(event.type()::startsWith);
          case EventFilter.Everything _, EventFilter.StreamRegex _, EventFilter.TypeRegex _ -> true;
        };
    if (!isWanted) {
      throw new AssertionError(
          "Given was %s with the tags %s, which the projection does not see: %s"
              .formatted(event, event.tags(), projection.source()));
    }
    return event;
  }

  /// All partitions are in these states.
  ///
  /// @param states by partition
  public void then(Map<String, S> states) {
    requireRepeatable(new TreeMap<>(states), Function.identity());
  }

  /// A partition is in this state.
  ///
  /// @param partition which
  /// @param state its state
  public void then(String partition, S state) {
    requireRepeatable(Optional.of(state), states -> Optional.ofNullable(states.get(partition)));
  }

  /// Compares again at the end, for a fold that changes states compares well with itself.
  private void requireRepeatable(Object expected, Function<Map<String, S>, ?> seen) {
    requireSame("was expected to come to", expected, seen.apply(folded(given.size())));
    var once = folded(given.size());
    requireSame("was folded event by event, and all at once to", once, folded(1));
    requireSame("was folded partition by partition, and all at once to", once, apart());
    requireSame("was folded again, and came first to", expected, seen.apply(folded(given.size())));
  }

  private void requireSame(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError(
          "Projection %s %s %s, but came to %s"
              .formatted(projection.version(), what, expected, actual));
    }
  }

  private Map<String, S> folded(int batchEvents) {
    return folded(projection, batchEvents);
  }

  /// Each partition by itself.
  private Map<String, S> apart() {
    var all = new TreeMap<String, S>();
    for (var partition : partitions()) {
      var alone =
          new Projection<>(
              projection.version(),
              projection.codec(),
              projection.source(),
              projection.partition(),
              only(partition),
              projection.reaction(),
              projection.reactsAfter());
      all.putAll(folded(alone, given.size()));
    }
    return all;
  }

  private Projection.Fold<E, States<S>> only(String partition) {
    return (states, occurred) -> {
      if (occurred.partition().equals(partition)) {
        projection.fold().apply(states, occurred);
      }
    };
  }

  private Set<String> partitions() {
    var all = new TreeSet<String>();
    for (var event : given) {
      for (var meant : UnknownEvents.REFUSE.meaning(projection.codec(), event)) {
        all.add(projection.partition().apply(meant, event));
      }
    }
    return all;
  }

  private Map<String, S> folded(Projection<E, States<S>> other, int batchEvents) {
    var readModel = new InMemoryReadModel<S>();
    var options =
        FoldingOptions.defaults()
            .withAttemptsMax(1)
            .with(OnFailure.STOP)
            .with(UnknownEvents.REFUSE);
    var kept = new KeptVersion<>(other.quiet(), readModel, options, new Progress());
    kept.open();
    for (var from = 0; from < given.size(); from += batchEvents) {
      var batch = given.subList(from, Math.min(from + batchEvents, given.size()));
      kept.fold(new Batch(batch, batch.getLast().position()));
    }
    return readModel.read(other.version().projection(), States::all);
  }
}
