// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.dcb;

import com.google.protobuf.MessageLite;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.protocol.messages.dcb.Umadb;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// The messages of a read. Each tells the head to go on from: that of the store, or, as long as a
/// limit may have left out events that match, the last event given.
final class ReadBatches {

  /// A message has so many events if its caller does not say.
  static final int EVENTS = 256;

  static final int EVENTS_MAX = 4096;
  static final int BYTES_MAX = 128 << 10;

  private final Iterator<ResolvedEvent> events;
  private final long limit;
  private final Supplier<OptionalLong> storeHead;
  private long given;
  private boolean ended;

  ReadBatches(Iterator<ResolvedEvent> events, long limit, Supplier<OptionalLong> storeHead) {
    this.events = events;
    this.limit = limit;
    this.storeHead = limit == Long.MAX_VALUE ? once(storeHead) : storeHead;
  }

  private static Supplier<OptionalLong> once(Supplier<OptionalLong> question) {
    var answer = question.get();
    return () -> answer;
  }

  /// Whether there is another message: at least one, for the head.
  boolean hasNext() {
    return !ended;
  }

  Umadb.ReadResponse next(int asked) {
    var batch = Umadb.ReadResponse.newBuilder();
    var bytes = 0;
    while (batch.getEventsCount() < eventsOf(asked) && bytes < BYTES_MAX && events.hasNext()) {
      var event = Answers.sequenced(events.next().original());
      bytes += event.getSerializedSize();
      batch.addEvents(event);
    }
    given += batch.getEventsCount();
    ended = !events.hasNext();
    var whole = limit == Long.MAX_VALUE || (ended && given < limit);
    if (whole) {
      storeHead.get().ifPresent(batch::setHead);
    } else if (batch.getEventsCount() > 0) {
      batch.setHead(batch.getEvents(batch.getEventsCount() - 1).getPosition());
    }
    return batch.build();
  }

  static int eventsOf(int asked) {
    return asked <= 0 ? EVENTS : Math.min(asked, EVENTS_MAX);
  }

  static MessageLite withoutHead(Iterable<Umadb.SequencedEvent> events) {
    return Umadb.ReadResponse.newBuilder().addAllEvents(events).build();
  }
}
