// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections.reading;

import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.VirtualStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Several streams, merged by position.
final class RoundOfStreams implements Round {

  private final long end;
  private final List<EventRead> reads = new ArrayList<>();
  private final PriorityQueue<Head> heads =
      new PriorityQueue<>(Comparator.comparingLong(head -> head.event.original().position()));
  private long last;

  /// The next event of one stream.
  private record Head(ResolvedEvent event, Iterator<ResolvedEvent> behind) {}

  RoundOfStreams(EventStore store, List<StreamName> names, long from, long end) {
    this.end = end;
    this.last = from - 1;
    for (var name : names) {
      try {
        var options = ReadOptions.forwards().from(firstAt(store, name, from)).resolvingLinks();
        var read = store.read(name, options);
        reads.add(read);
        advance(read.iterator());
      } catch (StreamTombstonedException _) {
        // There is nothing to be read in it any more.
      }
    }
  }

  /// The revision of a stream's first event at a position or behind it: positions ascend with
  /// revisions.
  private static long firstAt(EventStore store, StreamName name, long position) {
    if (position == 0 || name.virtual().orElse(null) instanceof VirtualStream.Correlation) {
      return position; // which is the number there
    }
    if (!(store.state(name) instanceof StreamState.Present(_, var lastRevision))) {
      return 0;
    }
    var low = 0L;
    var high = lastRevision + 1;
    while (low < high) {
      var middle = (low + high) >>> 1;
      try (var read = store.read(name, ReadOptions.forwards().from(middle).limit(1))) {
        var events = read.iterator();
        if (!events.hasNext()) {
          high = middle;
        } else {
          var found = events.next().original();
          if (found.position() >= position) {
            high = middle;
          } else {
            low = found.revision() + 1;
          }
        }
      }
    }
    return low;
  }

  private void advance(Iterator<ResolvedEvent> events) {
    if (events.hasNext()) {
      var next = events.next();
      if (next.original().position() < end) {
        heads.add(new Head(next, events));
      }
    }
  }

  @Override
  public @Nullable ResolvedEvent next() {
    while (true) {
      var head = heads.poll();
      if (head == null) {
        return null;
      }
      advance(head.behind);
      var position = head.event.original().position();
      if (position > last && head.event.event().isPresent()) {
        last = position;
        return head.event;
      }
    }
  }

  @Override
  public void close() {
    reads.forEach(EventRead::close);
  }
}
