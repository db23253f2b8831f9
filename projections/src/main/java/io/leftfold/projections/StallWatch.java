// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.projections.reading.Cursor;

/// Notices a run that says it runs and does not: there is an event ahead that it wants, and for a
/// while it has not come any further. Guarded by the projection's lock.
final class StallWatch {

  private final ProjectionHost host;
  private final long lookMillis;
  private long lookedAt;
  private long position = -2;
  private long since;

  StallWatch(ProjectionHost host) {
    this.host = host;
    lookMillis = Math.max(1, host.options().stalledAfter().toMillis() / 4);
    lookedAt = host.options().clock().millis();
    since = lookedAt;
  }

  /// Looks now and then.
  ///
  /// @return whether it stands still
  boolean standsStill(RunningProjection run) {
    var now = host.options().clock().millis();
    if (now - lookedAt < lookMillis) {
      return false;
    }
    lookedAt = now;
    var pulse = run.pulse();
    if (pulse.position() != position || pulse.isWaiting() || !hasAhead(pulse)) {
      position = pulse.position();
      since = now;
      return false;
    }
    return now - since >= host.options().stalledAfter().toMillis();
  }

  /// From now on it has as long as at first.
  void reset() {
    position = -2;
  }

  private boolean hasAhead(RunningProjection.Pulse pulse) {
    if (pulse.definition().isEmpty()) {
      return true;
    }
    var question = Questions.of(pulse.definition().get());
    try (var cursor = new Cursor(host.store(), question, pulse.position())) {
      return !cursor.next(1, 1).events().isEmpty();
    }
  }
}
