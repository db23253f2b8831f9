// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.engine.LocalEventStore;
import java.util.Iterator;

/// The events of a read that can be had: of a damaged store as much is wanted as is whole. What is
/// missing is counted.
final class WholeEvents implements Iterator<ResolvedEvent> {

  private final Iterator<ResolvedEvent> events;
  private final boolean goesOn;
  private long damages;
  private String firstDamage = "";

  /// @param store which is read: a local one goes on behind damage, a remote one does not
  WholeEvents(EventStore store, EventRead read) {
    this.events = read.iterator();
    this.goesOn = store instanceof LocalEventStore;
  }

  @Override
  public boolean hasNext() {
    while (true) {
      try {
        return events.hasNext();
      } catch (CorruptLogException e) {
        if (!goesOn) {
          throw e;
        }
        if (damages++ == 0) {
          firstDamage = String.valueOf(e.getMessage());
        }
      }
    }
  }

  @Override
  public ResolvedEvent next() {
    return events.next();
  }

  /// In how many places events could not be read.
  long damages() {
    return damages;
  }

  /// Where the first of them is.
  String firstDamage() {
    return firstDamage;
  }
}
