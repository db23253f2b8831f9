// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.EventSink;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.log.RecordCursor;
import java.time.Clock;
import java.util.HashMap;
import java.util.Optional;

/// Finds what links point to, if it is still to be seen. One hop only: a link to a link gives the
/// inner link. Owned by one read.
final class LinkResolver {
  private static final int STREAMS_MAX = 1024;

  private final StreamLookup lookup;
  private final RecordCursor cursor;
  private final Clock clock;
  private final HashMap<StreamName, StreamView> views = new HashMap<>();
  private long viewsEnd = -1;

  LinkResolver(StreamLookup lookup, RecordCursor cursor, Clock clock) {
    this.lookup = lookup;
    this.cursor = cursor;
    this.clock = clock;
  }

  /// Shows the record under a cursor, or what it points to.
  void resolve(RecordCursor record, long end, EventSink sink) {
    if (record.type().equals(RecordedEvent.LINK_TYPE)) {
      sink.resolved(resolve(record.event(), end));
    } else {
      sink.event(record);
    }
  }

  ResolvedEvent resolve(RecordedEvent event, long end) {
    return event.isLink()
        ? new ResolvedEvent(target(event, end), Optional.of(event))
        : ResolvedEvent.plain(event);
  }

  private Optional<RecordedEvent> target(RecordedEvent link, long end) {
    var text = link.dataAsText();
    var at = text.indexOf('@');
    if (at <= 0 || at == text.length() - 1 || text.charAt(0) == '+') {
      return Optional.empty();
    }
    try {
      var revision = Long.parseUnsignedLong(text, 0, at, 10);
      return target(StreamName.of(text.substring(at + 1)), revision, end);
    } catch (IllegalArgumentException e) { // a number or a name that is none
      return Optional.empty();
    }
  }

  private Optional<RecordedEvent> target(StreamName stream, long revision, long end) {
    var view = view(stream, end);
    if (!mayBeSeen(view, revision)) {
      return Optional.empty();
    }
    var ordinal = StreamReader.ordinalOf(view, revision, cursor);
    if (ordinal >= view.count()) {
      return Optional.empty();
    }
    return cursor.moveToIfKept(view.postings().at(ordinal))
            && cursor.revision() == revision
            && isYoungEnough(view, cursor.timeMicros())
        ? Optional.of(cursor.event())
        : Optional.empty();
  }

  /// Whether an event is still to be seen in its own stream.
  boolean isVisible(StreamName stream, long revision, long timeMicros, long end) {
    var view = view(stream, end);
    return mayBeSeen(view, revision) && isYoungEnough(view, timeMicros);
  }

  private static boolean mayBeSeen(StreamView view, long revision) {
    return !view.tombstoned()
        && !view.isDeleted()
        && revision >= view.firstVisible()
        && revision <= view.lastRevision();
  }

  private boolean isYoungEnough(StreamView view, long timeMicros) {
    return timeMicros >= StreamReader.oldestVisible(view, clock);
  }

  private StreamView view(StreamName stream, long end) {
    if (end != viewsEnd || views.size() >= STREAMS_MAX) {
      views.clear();
      viewsEnd = end;
    }
    var view = views.get(stream);
    if (view == null) {
      view = lookup.view(stream, end, cursor);
      views.put(stream, view);
    }
    return view;
  }
}
