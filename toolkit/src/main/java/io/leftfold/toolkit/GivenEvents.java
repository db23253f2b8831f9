// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.EventFilter;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/// What happened in a specification of a projection, as a store would have recorded it, and ways to
/// fold it.
///
/// @param projection that wants all of them
/// @param events at the positions from 1 on, a second after each other
record GivenEvents<E>(Projection<E, ?> projection, List<RecordedEvent> events) {

  GivenEvents {
    events = List.copyOf(events);
  }

  static <E> GivenEvents<E> none(Projection<E, ?> projection) {
    return new GivenEvents<>(projection, List.of());
  }

  /// And what happened behind it.
  ///
  /// @throws AssertionError if the projection does not want an event, as far as can be told
  GivenEvents<E> and(StreamName stream, List<E> happened) {
    var all = new ArrayList<>(events);
    for (var event : happened) {
      all.add(wanted(recorded(stream, event, all)));
    }
    return new GivenEvents<>(projection, all);
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

  /// Whose they are.
  NavigableSet<String> partitions() {
    var all = new TreeSet<String>();
    for (var event : events) {
      for (var meant : UnknownEvents.REFUSE.meaning(projection.codec(), event)) {
        all.add(projection.partition().apply(meant, event));
      }
    }
    return all;
  }

  /// Folds them in order, so many in a transaction.
  ///
  /// @param other which may want less of them
  <V> void foldInto(ReadModel<V> readModel, Projection<E, V> other, int batchEvents) {
    var options =
        FoldingOptions.defaults()
            .withAttemptsMax(1)
            .with(OnFailure.STOP)
            .with(UnknownEvents.REFUSE);
    var kept = new KeptVersion<>(other.quiet(), readModel, options, new Progress(), Notices.none());
    kept.open();
    for (var from = 0; from < events.size(); from += batchEvents) {
      var batch = events.subList(from, Math.min(from + batchEvents, events.size()));
      kept.fold(new Batch(batch, batch.getLast().position()));
    }
  }

  /// Folds those of a partition in order, in one transaction.
  <V> void foldInto(ReadModel<V> readModel, Projection<E, V> same, String partition) {
    var folds = new Folds<>(same.quiet(), UnknownEvents.REFUSE);
    var building = Checkpoint.first(same.version(), Checkpoint.Role.BUILDING, -1);
    readModel.<Integer>transact(transaction -> {
      var view = transaction.view(same.version());
      for (var event : events) {
        var occurred = folds.meaning(event).byPartition().getOrDefault(partition, List.of());
        folds.fold(occurred, building, view);
      }
      return events.size();
    });
  }
}
