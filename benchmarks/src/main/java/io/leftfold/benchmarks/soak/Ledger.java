// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// What was acknowledged or seen at each position: eight bytes each. Whoever comes second compares,
/// so all who look at a position agree, or one of them is reported.
final class Ledger {

  private static final int BLOCK = 1 << 16;

  /// The lowest two bits of an entry: an event is known; it may never go.
  private static final long KNOWN = 1;

  private static final long FOR_EVER = 2;

  private final SoakEvents events;
  private final Violations violations;
  private final ConcurrentHashMap<Long, AtomicLongArray> blocks = new ConcurrentHashMap<>();
  private final LongAdder acknowledged = new LongAdder();

  Ledger(SoakEvents events, Violations violations) {
    this.events = events;
    this.violations = violations;
  }

  /// The store said that an event is recorded.
  void acknowledged(StreamName stream, long revision, long position, ProposedEvent event) {
    acknowledged.increment();
    var forEver = Retention.of(stream).map(Retention::isForEver).orElse(false);
    enter(
        "The acknowledgement",
        stream,
        revision,
        position,
        entry(stream, revision, event.id(), forEver));
  }

  /// The store said so of one whose position it does not know any more.
  void acknowledgedSomewhere(long count) {
    acknowledged.add(count);
  }

  /// An event was read or delivered.
  ///
  /// @param by who saw it
  void seen(String by, RecordedEvent event) {
    var retention = Retention.of(event.stream());
    // A tombstone is the store's own.
    if (retention.isPresent() && !event.type().startsWith("$")) {
      events
          .alteration(event)
          .ifPresent(what -> violations.report("%s: altered: %s %s".formatted(by, event, what)));
    }
    var forEver = retention.map(Retention::isForEver).orElse(false);
    var entry = entry(event.stream(), event.revision(), event.id(), forEver);
    enter(by, event.stream(), event.revision(), event.position(), entry);
  }

  private static long entry(StreamName stream, long revision, java.util.UUID id, boolean forEver) {
    return (SoakEvents.fingerprint(stream, revision, id) & -4L) | KNOWN | (forEver ? FOR_EVER : 0);
  }

  private void enter(String by, StreamName stream, long revision, long position, long entry) {
    var block = blocks.computeIfAbsent(position / BLOCK, _ -> new AtomicLongArray(BLOCK));
    var before = block.compareAndExchange((int) (position % BLOCK), 0, entry);
    if (before != 0 && before != entry) {
      violations.report(
          "%s: altered: at position %d another event was acknowledged or seen than %d@%s"
              .formatted(by, position, revision, stream));
    }
  }

  private long at(long position) {
    var block = blocks.get(position / BLOCK);
    return block == null ? 0 : block.get((int) (position % BLOCK));
  }

  /// Reports what lies between two positions, if it may not be missing there.
  ///
  /// @param by who came from the first to the second without meeting it
  /// @return how many of the missing nobody ever saw
  long passed(String by, long first, long end) {
    var unknown = 0L;
    for (var position = first; position < end; position++) {
      var entry = at(position);
      if (entry == 0) {
        unknown++;
      } else if ((entry & FOR_EVER) != 0) {
        violations.report(
            "%s: lost: the event at position %d is not there".formatted(by, position));
      }
    }
    return unknown;
  }

  /// How many events were.
  long acknowledgedEvents() {
    return acknowledged.sum();
  }
}
