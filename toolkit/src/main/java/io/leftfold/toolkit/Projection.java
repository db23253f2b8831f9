// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.EventFilter;
import io.leftfold.api.Query;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import java.util.Optional;
import java.util.function.BiFunction;

/// A fold of events for readers: which events, whose they are, and what each does to a view.
///
/// ```java
/// static final Projection<AccountEvent, States<Long>> BALANCES =
///     Projection.folding("balances", 1, EVENTS, 0L, (balance, event) ->
///             switch (event) {
///               case Deposited(var amount) -> balance + amount;
///               case Withdrawn(var amount) -> balance - amount;
///             })
///         .from(EventFilter.matching(Query.of(Query.typed("MoneyDeposited", "MoneyWithdrawn"))));
/// ```
///
/// A [Projector] runs it. Whoever changes what it means to fold gives it the next version: that one
/// is folded from zero beside the old one, and takes its place when it has come as far.
///
/// @param version name and version
/// @param codec how events are understood
/// @param source which events, in the order of positions
/// @param partition whose an event is: Unicode text of at most [#PARTITION_BYTES_MAX] bytes. Events
///   of one partition are folded in order; one that fails holds up its partition only
/// @param fold what an event does to the view
/// @param reaction what else is done when something happens, once: not when it is folded again by a
///   later version. In the transaction of the fold, so what it writes to the view (an outbox) is
///   there exactly once; what it does to the world is done again if that transaction fails
/// @param reactsAfter a first version reacts to events behind this position only; −1 for all
/// @param <E> the events of the application
/// @param <V> what is written to
public record Projection<E, V>(
    ProjectionVersion version,
    EventCodec<E> codec,
    EventFilter source,
    BiFunction<? super E, ? super RecordedEvent, String> partition,
    Fold<E, V> fold,
    Optional<Fold<E, V>> reaction,
    long reactsAfter) {

  /// How many bytes of UTF-8 the name of a partition may have: as many as the name of a stream.
  public static final int PARTITION_BYTES_MAX = StreamName.BYTES_MAX;

  /// What is done when something happened.
  ///
  /// @param <E> the events of the application
  /// @param <V> what is written to
  @FunctionalInterface
  public interface Fold<E, V> {
    /// Writes to the view, and nowhere else. Called again for the same event, with the view as it
    /// was before, until a transaction that it is part of is committed.
    ///
    /// @param view what is written to, as long as the call lasts
    /// @param occurred what happened
    /// @throws Exception if it cannot be done; nothing of the event will be in the view
    void apply(V view, Occurred<E> occurred) throws Exception;
  }

  /// A projection of all events but the store's own, with a partition for each stream.
  ///
  /// @param name its name
  /// @param version from 1
  /// @param codec how events are understood
  /// @param fold what an event does to the view
  /// @param <E> the events of the application
  /// @param <V> what is written to
  /// @return the projection
  public static <E, V> Projection<E, V> of(
      String name, int version, EventCodec<E> codec, Fold<E, V> fold) {
    return new Projection<>(
        new ProjectionVersion(name, version),
        codec,
        EventFilter.matching(Query.everything()),
        (_, recorded) -> recorded.stream().value(),
        fold,
        Optional.empty(),
        -1);
  }

  /// The same of a pure function: a state for each partition.
  ///
  /// @param name its name
  /// @param version from 1
  /// @param codec how events are understood
  /// @param initialState of each partition
  /// @param evolve what an event makes of its partition's state
  /// @param <E> the events of the application
  /// @param <S> the state, which is never changed, only replaced
  /// @return the projection
  public static <E, S> Projection<E, States<S>> folding(
      String name,
      int version,
      EventCodec<E> codec,
      S initialState,
      BiFunction<? super S, ? super E, ? extends S> evolve) {
    return of(
        name,
        version,
        codec,
        (states, occurred) ->
            states.put(
                occurred.partition(),
                evolve.apply(
                    states.of(occurred.partition()).orElse(initialState), occurred.event())));
  }

  /// Of other events.
  ///
  /// @param filter which; an index should answer it
  /// @return the new projection
  public Projection<E, V> from(EventFilter filter) {
    return new Projection<>(version, codec, filter, partition, fold, reaction, reactsAfter);
  }

  /// With other partitions.
  ///
  /// @param whose the partition of an event; always the same for the same one
  /// @return the new projection
  public Projection<E, V> partitionedBy(
      BiFunction<? super E, ? super RecordedEvent, String> whose) {
    return new Projection<>(version, codec, source, whose, fold, reaction, reactsAfter);
  }

  /// Doing something else besides, once for each event.
  ///
  /// @param react what
  /// @return the new projection
  public Projection<E, V> reacting(Fold<E, V> react) {
    return reactingAfter(-1, react);
  }

  /// Doing something else besides, once for each event that comes behind a position. What is before
  /// it is only folded: for what is introduced when a lot has happened already.
  ///
  /// @param position the last one that is only folded; −1 for none
  /// @param react what
  /// @return the new projection
  public Projection<E, V> reactingAfter(long position, Fold<E, V> react) {
    return new Projection<>(version, codec, source, partition, fold, Optional.of(react), position);
  }

  Projection<E, V> quiet() {
    return new Projection<>(version, codec, source, partition, fold, Optional.empty(), reactsAfter);
  }
}
