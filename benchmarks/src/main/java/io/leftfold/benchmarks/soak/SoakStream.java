// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.api.StreamName;

/// A stream, as far as its only writer knows. Others may look at it.
final class SoakStream {

  enum Life {
    LIVE,
    DELETED,
    TOMBSTONED
  }

  private final StreamName name;
  private final Retention retention;
  private volatile long acknowledged;
  private volatile long proposed;
  private volatile long truncatedBefore;
  private volatile Life life = Life.LIVE;

  SoakStream(Retention retention, long number) {
    this.retention = retention;
    this.name = retention.stream(number);
  }

  StreamName name() {
    return name;
  }

  Retention retention() {
    return retention;
  }

  /// How many events are known to be recorded.
  long acknowledged() {
    return acknowledged;
  }

  /// How many events may be recorded: those under way too.
  long proposed() {
    return proposed;
  }

  Life life() {
    return life;
  }

  /// The first revision that a reader is given; of streams whose events age it is at least that.
  long firstReadable() {
    return retention == Retention.CAPPED
        ? Math.max(truncatedBefore, acknowledged - Retention.CAP)
        : truncatedBefore;
  }

  void propose(int events) {
    proposed = acknowledged + events;
  }

  /// What was proposed is not there.
  void refused() {
    proposed = acknowledged;
  }

  void acknowledge() {
    acknowledged = proposed;
    life = Life.LIVE;
  }

  void truncate(long before) {
    truncatedBefore = before;
  }

  void delete() {
    truncatedBefore = acknowledged;
    life = Life.DELETED;
  }

  void tombstone() {
    life = Life.TOMBSTONED;
  }
}
