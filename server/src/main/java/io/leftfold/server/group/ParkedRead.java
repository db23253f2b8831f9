// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamTombstonedException;
import java.util.Optional;

/// Goes through parked events. What a link points to is read where it was read first, so that a
/// consumer sees what it saw then, followed link and all.
final class ParkedRead implements AutoCloseable {

  private final EventStore store;
  private final StreamRead links;
  private final boolean resolveLinks;

  ParkedRead(EventStore store, StreamRead links, boolean resolveLinks) {
    this.store = store;
    this.links = links;
    this.resolveLinks = resolveLinks;
  }

  /// The next one; empty if there are no more.
  Optional<ParkedEvent> next() {
    var events = links.iterator();
    if (!events.hasNext()) {
      return Optional.empty();
    }
    var link = events.next().original();
    return Optional.of(new ParkedEvent(link, target(link)));
  }

  private Optional<ResolvedEvent> target(RecordedEvent link) {
    var text = link.dataAsText();
    var at = text.indexOf('@');
    if (!link.isLink() || at < 0) {
      return Optional.of(ResolvedEvent.plain(link));
    }
    try {
      var revision = Long.parseLong(text.substring(0, at));
      return read(StreamName.of(text.substring(at + 1)), revision);
    } catch (IllegalArgumentException | StreamTombstonedException _) {
      return Optional.empty();
    }
  }

  private Optional<ResolvedEvent> read(StreamName stream, long revision) {
    var options = ReadOptions.forwards().from(revision).limit(1);
    try (var read = store.read(stream, resolveLinks ? options.resolvingLinks() : options)) {
      var events = read.iterator();
      return events.hasNext()
          ? Optional.of(events.next()).filter(event -> event.original().revision() == revision)
          : Optional.empty();
    }
  }

  @Override
  public void close() {
    links.close();
  }
}
