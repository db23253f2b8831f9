// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.api.EventFilter;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.Tag;
import io.leftfold.benchmarks.soak.Latencies.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/// Reads what others write: streams, everything, and what the index finds, which must be what a
/// look at every event finds.
final class Reader {

  private static final int EVENTS_MAX = 200;
  private static final long WINDOW = 500;

  private final String name;
  private final SoakState state;
  private final Calls calls;
  private final SplittableRandom random;
  private final StreamComparison comparison;

  Reader(int number, SoakState state, Calls calls, SplittableRandom random) {
    this.name = "reader " + number;
    this.state = state;
    this.calls = calls;
    this.random = random;
    this.comparison = new StreamComparison(name, state.ledger(), state.violations());
  }

  void step() {
    switch (random.nextInt(3)) {
      case 0 -> readStream();
      case 1 -> readBackwards();
      default -> compareWithIndex();
    }
    state.counts().compared();
  }

  private void readStream() {
    var stream = state.anyKept(random);
    var start = random.nextLong(stream.acknowledged() + 1);
    var options =
        random.nextBoolean() ? ReadOptions.forwards().from(start) : ReadOptions.backwards();
    calls.untilAnswered(
        Kind.STREAM_READ,
        store -> {
          comparison.compare(store, stream, options.limit(EVENTS_MAX));
          return true;
        });
  }

  private long lastPosition() {
    return calls.repeated(store -> store.lastPosition().orElse(0L));
  }

  private void readBackwards() {
    var end = random.nextLong(lastPosition() + 1) + 1;
    var options = ReadOptions.backwards().from(end).limit(EVENTS_MAX);
    var found =
        new ArrayList<>(
            calls.untilAnswered(Kind.ALL_READ, store -> store.readAll(options).events()));
    var next = end;
    for (var event : found) {
      state.ledger().seen(name, event);
      if (event.position() >= next) {
        state
            .violations()
            .report(
                "%s: reordered: backwards from %d, %s came behind position %d"
                    .formatted(name, end, event, next));
      }
      var _ = state.ledger().passed(name, event.position() + 1, next);
      next = event.position();
    }
  }

  /// Reads a piece of the log twice: event by event, and by the index. Both must give the same.
  private void compareWithIndex() {
    var from = random.nextLong(lastPosition() + 1);
    var end = Math.min(from + WINDOW, lastPosition() + 1);
    var options = ReadOptions.forwards().from(from).asOf(end);
    var scanned = calls.untilAnswered(Kind.ALL_READ, store -> store.readAll(options).events());
    var next = from;
    for (var event : scanned) {
      state.ledger().seen(name, event);
      if (event.position() < next || event.position() >= end) {
        state
            .violations()
            .report(
                "%s: reordered: from %d to %d, %s came where %d or more was expected"
                    .formatted(name, from, end, event, next));
      }
      var _ = state.ledger().passed(name, next, event.position());
      next = event.position() + 1;
    }
    var _ = state.ledger().passed(name, next, end);
    var group = SoakEvents.group(random);
    var type = SoakEvents.type(random.nextInt(SoakEvents.TYPES));
    switch (random.nextInt(3)) {
      case 0 -> {
        var filter = new EventFilter.Category(Retention.KEPT.category());
        filtered("category", scanned, options.filteredBy(filter), _ -> true);
      }
      case 1 -> {
        var filter = new EventFilter.Types(Set.of(type));
        filtered(type, scanned, options.filteredBy(filter), event -> event.type().equals(type));
      }
      default -> tagged(scanned, options, group);
    }
  }

  private void filtered(
      String what,
      List<RecordedEvent> scanned,
      ReadOptions options,
      Predicate<RecordedEvent> wanted) {
    var found = calls.untilAnswered(Kind.INDEXED_READ, store -> store.readAll(options).events());
    same(what, scanned, found, wanted, options);
  }

  private void tagged(List<RecordedEvent> scanned, ReadOptions options, Tag tag) {
    var query = Query.of(Query.tagged(tag));
    var found =
        calls.untilAnswered(Kind.INDEXED_READ, store -> store.read(query, options).events());
    same(tag.value(), scanned, found, event -> event.tags().contains(tag), options);
  }

  /// Of events that may go, one can have gone between the two reads: only the others are compared.
  private void same(
      String what,
      List<RecordedEvent> scanned,
      List<RecordedEvent> indexed,
      Predicate<RecordedEvent> wanted,
      ReadOptions options) {
    found(indexed);
    var expected = scanned.stream().filter(wanted).filter(Reader::isKept).toList();
    var found = indexed.stream().filter(Reader::isKept).toList();
    if (!found.equals(expected)) {
      state
          .violations()
          .report(
              "%s: from %d as of %s the index gave %s of %s, and the log has %s"
                  .formatted(name, options.from(), options.asOf(), found, what, expected));
    }
  }

  private void found(List<RecordedEvent> events) {
    events.forEach(event -> state.ledger().seen(name, event));
  }

  private static boolean isKept(RecordedEvent event) {
    return event.stream().category().equals(java.util.Optional.of(Retention.KEPT.category()));
  }
}
