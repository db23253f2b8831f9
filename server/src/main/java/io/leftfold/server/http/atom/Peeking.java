// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import io.leftfold.api.ResolvedEvent;
import java.time.Instant;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The events of a page, of which the first is looked at before the page is begun.
final class Peeking implements Iterator<ResolvedEvent> {

  private final Iterator<ResolvedEvent> events;
  private final Predicate<ResolvedEvent> belongs;
  private @Nullable ResolvedEvent next;
  private boolean isOver;

  /// @param belongs whether an event is on the page; the first that is not ends it
  Peeking(Iterator<ResolvedEvent> events, Predicate<ResolvedEvent> belongs) {
    this.events = events;
    this.belongs = belongs;
  }

  /// When the newest was recorded.
  Optional<Instant> updated() {
    return hasNext() && next != null
        ? Optional.of(next.event().orElse(next.original()).recorded())
        : Optional.empty();
  }

  @Override
  public boolean hasNext() {
    if (next == null && !isOver) {
      if (events.hasNext()) {
        next = events.next();
      }
      if (next == null || !belongs.test(next)) {
        next = null;
        isOver = true;
      }
    }
    return next != null;
  }

  @Override
  public ResolvedEvent next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    var event = next;
    next = null;
    return event;
  }
}
