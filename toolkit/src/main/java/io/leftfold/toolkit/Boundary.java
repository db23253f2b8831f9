// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.Query;
import io.leftfold.api.StreamName;
import java.util.function.Function;

/// What a decision rests on, and where its events go. Nothing is added to a boundary between the
/// reading of it and the writing of what was decided by it.
///
/// | boundary | rests on | its events go to |
/// |---|---|---|
/// | `Boundary.stream(StreamName.of("account-7"))` | the visible events of one stream | that stream |
/// | `Boundary.query(query, event -> …)` | events by type and tag, in whatever stream | the stream of each |
///
/// Both kinds see each other: what is decided by a stream fails a query that its events match, and
/// the other way round.
///
/// @param <E> the events that are decided
public sealed interface Boundary<E> {

  /// One stream.
  ///
  /// @param stream its name
  /// @param <E> the events that are decided
  /// @return the boundary
  static <E> Boundary<E> stream(StreamName stream) {
    return new OfStream<>(stream);
  }

  /// The events that match a query. What is decided by it should match it as well: a condition that
  /// does not look at its own events lets two decisions of that kind pass side by side.
  ///
  /// @param query which events
  /// @param home the stream that an event is appended to
  /// @param <E> the events that are decided
  /// @return the boundary
  static <E> Boundary<E> query(Query query, Function<? super E, StreamName> home) {
    return new OfQuery<>(query, home);
  }

  /// The stream that an event is appended to.
  ///
  /// @param event an event that was decided
  /// @return its stream
  StreamName home(E event);

  /// One stream.
  ///
  /// @param stream its name
  /// @param <E> the events that are decided
  record OfStream<E>(StreamName stream) implements Boundary<E> {
    @Override
    public StreamName home(E event) {
      return stream;
    }

    @Override
    public String toString() {
      return "stream " + stream;
    }
  }

  /// The events that match a query.
  ///
  /// @param query which events
  /// @param homes the stream that an event is appended to
  /// @param <E> the events that are decided
  record OfQuery<E>(Query query, Function<? super E, StreamName> homes) implements Boundary<E> {
    @Override
    public StreamName home(E event) {
      return homes.apply(event);
    }

    @Override
    public String toString() {
      return "events that match " + query.items();
    }
  }
}
