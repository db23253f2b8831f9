// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.StreamName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
/// looks at anything but its view and the event, or at another partition, fails. One that writes to
/// something else than states, tables of a database perhaps, has a [ViewSpecification].
///
/// What is not as it was said to be is an [AssertionError].
///
/// @param <E> the events of the application
/// @param <S> the state of a partition
public final class ProjectionSpecification<E, S> {

  private final Projection<E, States<S>> projection;
  private final GivenEvents<E> given;

  private ProjectionSpecification(Projection<E, States<S>> projection, GivenEvents<E> given) {
    this.projection = projection;
    this.given = given;
  }

  /// Of a projection to which nothing has happened.
  ///
  /// @param projection what events do
  /// @param <E> the events of the application
  /// @param <S> the state of a partition
  /// @return a specification in which nothing has happened
  public static <E, S> ProjectionSpecification<E, S> of(Projection<E, States<S>> projection) {
    return new ProjectionSpecification<>(projection, GivenEvents.none(projection));
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
    return new ProjectionSpecification<>(projection, given.and(stream, List.of(events)));
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
    requireSame("was expected to come to", expected, seen.apply(folded(given.events().size())));
    var once = folded(given.events().size());
    requireSame("was folded event by event, and all at once to", once, folded(1));
    requireSame("was folded partition by partition, and all at once to", once, apart());
    requireSame(
        "was folded again, and came first to", expected, seen.apply(folded(given.events().size())));
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
    for (var partition : given.partitions()) {
      var alone =
          new Projection<>(
              projection.version(),
              projection.codec(),
              projection.source(),
              projection.partition(),
              only(partition),
              projection.reaction(),
              projection.reactsAfter());
      all.putAll(folded(alone, given.events().size()));
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

  private Map<String, S> folded(Projection<E, States<S>> other, int batchEvents) {
    var readModel = new InMemoryReadModel<S>();
    given.foldInto(readModel, other, batchEvents);
    return readModel.read(other.version().projection(), States::all);
  }
}
