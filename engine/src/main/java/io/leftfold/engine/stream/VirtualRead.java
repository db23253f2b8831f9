// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventSink;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ReadOptions.Direction;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import io.leftfold.api.VirtualStream;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.RecordCursor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Links that were never written: each points to an event of what is listed, or names its stream.
final class VirtualRead extends PulledRead implements StreamRead {

  private final Log log;
  private final StreamName name;
  private final Listing listing;
  private final boolean forwards;
  private final boolean refers;
  private final boolean resolve;
  private final long end;
  private final LinkResolver visibility;
  private long number;
  private long shown;

  /// @param start the position at which the options say to begin by time; exclusive backwards
  VirtualRead(
      Log log,
      RecordCursor cursor,
      StreamName name,
      Listing listing,
      ReadOptions options,
      long start,
      long end,
      LinkResolver visibility) {
    super(log, cursor, options.limit());
    this.log = log;
    this.name = name;
    this.listing = listing;
    this.forwards = options.direction() == Direction.FORWARDS;
    this.refers = name.virtual().orElseThrow() instanceof VirtualStream.StreamsOfCategory;
    this.resolve = options.resolveLinks() && !refers;
    this.end = end;
    this.visibility = visibility;
    this.number =
        forwards
            ? Math.max(options.from(), listing.numberAt(start))
            : Math.min(options.from(), listing.numberAt(start) - 1);
  }

  @Override
  public StreamState state() {
    var cursor = log.borrowCursor(); // for that of the read may have been given back
    try {
      return listing.state(cursor);
    } finally {
      log.giveBack(cursor);
    }
  }

  @Override
  boolean advance(RecordCursor cursor) {
    while (true) {
      shown = forwards ? listing.next(number) : listing.previous(number);
      if (shown == Listing.NONE) {
        return false;
      }
      // First: whoever goes on behind a damaged event gets the next.
      number = forwards ? shown + 1 : shown - 1;
      if (cursor.moveToIfKept(listing.position(shown))) {
        return true;
      }
    }
  }

  @Override
  void show(RecordCursor cursor, EventSink sink) {
    var entry = refers ? reference(cursor) : link(cursor);
    if (!resolve) {
      ResolvedEvent.plain(entry).showTo(sink);
      return;
    }
    var visible =
        visibility.isVisible(cursor.stream(), cursor.revision(), cursor.timeMicros(), end);
    sink.resolved(
        new ResolvedEvent(
            visible ? Optional.of(cursor.event()) : Optional.empty(), Optional.of(entry)));
  }

  private RecordedEvent link(RecordCursor target) {
    return entry(target, RecordedEvent.LINK_TYPE, target.revision() + "@" + target.stream());
  }

  private RecordedEvent reference(RecordCursor first) {
    return entry(first, RecordedEvent.STREAM_REFERENCE_TYPE, first.stream().value());
  }

  private RecordedEvent entry(RecordCursor listed, String type, String data) {
    return new RecordedEvent(
        listed.position(),
        name,
        shown,
        UUID.nameUUIDFromBytes((name + "/" + shown).getBytes(StandardCharsets.UTF_8)),
        type,
        ContentType.BINARY,
        RecordCursor.instant(listed.timeMicros()),
        data.getBytes(StandardCharsets.UTF_8),
        new byte[0],
        List.of());
  }
}
