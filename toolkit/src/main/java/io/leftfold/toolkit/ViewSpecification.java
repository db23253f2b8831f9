// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.StreamName;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// A projection into a view of any kind by examples, for tests: tables of a database, a graph.
/// Without a store, in any test framework. One of [States] has a [ProjectionSpecification], which
/// needs no read model.
///
/// ```java
/// ViewSpecification.of(
///         OVERVIEW,
///         () -> SqlReadModel.of(emptyDatabase(), TABLES),
///         view -> view.query("SELECT account, cents FROM {balances} ORDER BY account", ROW))
///     .given(StreamName.of("account-7"), new Deposited(50), new Withdrawn(20))
///     .given(StreamName.of("account-8"), new Deposited(5))
///     .then(List.of(new Row("account-7", 30), new Row("account-8", 5)));
/// ```
///
/// Besides what is named, every comparison holds that folding is repeatable. Into a read model of
/// which nothing is kept, each time another one, the same is folded once more, event by event, and
/// one partition after the other, from the first to the last and from the last to the first: for
/// partitions do not wait for each other, and one that was parked comes later. All of it comes to
/// the same view. A projection that looks at anything but its view and the event, or depends on
/// what happened in another partition before, fails.
///
/// What is not as it was said to be is an [AssertionError].
///
/// @param <E> the events of the application
/// @param <V> what is written to
/// @param <T> all that a view says
public final class ViewSpecification<E, V, T> {

  private final Projection<E, V> projection;
  private final Supplier<? extends ReadModel<V>> empty;
  private final Function<? super V, ? extends T> whole;
  private final GivenEvents<E> given;

  private ViewSpecification(
      Projection<E, V> projection,
      Supplier<? extends ReadModel<V>> empty,
      Function<? super V, ? extends T> whole,
      GivenEvents<E> given) {
    this.projection = projection;
    this.empty = empty;
    this.whole = whole;
    this.given = given;
  }

  /// Of a projection to which nothing has happened.
  ///
  /// @param projection what events do
  /// @param empty makes a read model of which nothing is kept, each time another one: an own
  ///   database in memory, perhaps. They are not closed
  /// @param whole all that a view says to its readers, as a value with `equals`, in an order of its
  ///   own. Keys that a view makes up, in the order in which it hears of things, are not part of it
  /// @param <E> the events of the application
  /// @param <V> what is written to
  /// @param <T> all that a view says
  /// @return a specification in which nothing has happened
  public static <E, V, T> ViewSpecification<E, V, T> of(
      Projection<E, V> projection,
      Supplier<? extends ReadModel<V>> empty,
      Function<? super V, ? extends T> whole) {
    return new ViewSpecification<>(projection, empty, whole, GivenEvents.none(projection));
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
  public final ViewSpecification<E, V, T> given(StreamName stream, E... events) {
    return new ViewSpecification<>(projection, empty, whole, given.and(stream, List.of(events)));
  }

  /// The view says this.
  ///
  /// @param expected all of it
  public void then(T expected) {
    requireSame("was expected to come to", expected, inBatches(given.events().size()));
    requireSame("was folded again, and came first to", expected, inBatches(given.events().size()));
    requireSame("was folded event by event, and all at once to", expected, inBatches(1));
    var partitions = given.partitions();
    requireSame(
        "was folded partition by partition, and all at once to", expected, byPartition(partitions));
    requireSame(
        "was folded partition by partition, the last one first, and all at once to",
        expected,
        byPartition(partitions.descendingSet()));
  }

  private void requireSame(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError(
          "Projection %s %s %s, but came to %s"
              .formatted(projection.version(), what, expected, actual));
    }
  }

  private T inBatches(int batchEvents) {
    var readModel = empty.get();
    given.foldInto(readModel, projection, batchEvents);
    return said(readModel);
  }

  private T byPartition(Collection<String> partitions) {
    var readModel = empty.get();
    readModel.prepare(projection.version());
    for (var partition : partitions) {
      given.foldInto(readModel, projection, partition);
    }
    return said(readModel);
  }

  private T said(ReadModel<V> readModel) {
    return readModel.<T>transact(
        transaction -> whole.apply(transaction.view(projection.version())));
  }
}
