// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// What somebody has seen who goes through the log, or a part of it, from the first event on: every
/// event once, in order, unaltered, and none passed over that must be there.
///
/// For one thread at a time.
final class FollowCheck {

  private final String name;
  private final boolean everything;
  private final Ledger ledger;
  private final Violations violations;
  private final Map<StreamName, Long> lastRevisions = new HashMap<>();
  private long last = -1;
  private long seen;
  private long unknown;

  /// @param everything whether all events are followed, so that positions count up
  FollowCheck(String name, boolean everything, Ledger ledger, Violations violations) {
    this.name = name;
    this.everything = everything;
    this.ledger = ledger;
    this.violations = violations;
  }

  void see(RecordedEvent event) {
    seen++;
    ledger.seen(name, event);
    var before = lastRevisions.getOrDefault(event.stream(), -1L);
    if (event.position() <= last) {
      violations.report(
          "%s: %s: %s came behind position %d"
              .formatted(name, event.revision() <= before ? "doubled" : "reordered", event, last));
      return;
    }
    if (everything) {
      unknown += ledger.passed(name, last + 1, event.position());
    }
    last = event.position();
    var forEver = Retention.of(event.stream()).map(Retention::isForEver).orElse(false);
    if (event.revision() <= before) {
      violations.report("%s: doubled: %s came behind revision %d".formatted(name, event, before));
    } else if (forEver && event.revision() > before + 1) {
      violations.report("%s: lost: %s came behind revision %d".formatted(name, event, before));
    }
    // A tombstone ends its stream: nothing of it follows that could be compared.
    lastRevisions.put(event.stream(), event.revision());
  }

  /// Nothing more is there before a position.
  void endsAt(long end) {
    if (everything) {
      unknown += ledger.passed(name, last + 1, end);
    }
    if (last >= end) {
      violations.report("%s: position %d was seen, behind the end %d".formatted(name, last, end));
    }
  }

  /// All that was acknowledged must have been seen.
  void hasSeen(Collection<SoakStream> streams) {
    for (var stream : streams) {
      var revision = lastRevisions.getOrDefault(stream.name(), -1L);
      if (stream.retention().isForEver() && revision + 1 < stream.acknowledged()) {
        violations.report(
            "%s: lost: %d events of %s were acknowledged, the last one seen is %d"
                .formatted(name, stream.acknowledged(), stream.name(), revision));
      }
    }
  }

  String name() {
    return name;
  }

  /// The last position.
  long last() {
    return last;
  }

  long seen() {
    return seen;
  }

  /// How many positions were passed over that nobody saw before: forgotten before anybody came.
  long unknown() {
    return unknown;
  }
}
