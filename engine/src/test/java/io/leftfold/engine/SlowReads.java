// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.Head;
import io.leftfold.api.Query;
import io.leftfold.api.QueryRead;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import java.util.Iterator;

/// A store whose readers let other threads run before each event.
final class SlowReads extends ForwardingEventStore {

  /// @param store the store
  SlowReads(EventStore store) {
    super(store);
  }

  private record SlowIterator(Iterator<ResolvedEvent> events) implements Iterator<ResolvedEvent> {
    @Override
    @SuppressWarnings("ThreadPriorityCheck") // that others run is what it is for
    public boolean hasNext() {
      Thread.yield();
      return events.hasNext();
    }

    @Override
    public ResolvedEvent next() {
      return events.next();
    }
  }

  private record SlowEventRead(EventRead read) implements EventRead {
    @Override
    public Iterator<ResolvedEvent> iterator() {
      return new SlowIterator(read.iterator());
    }

    @Override
    public void close() {
      read.close();
    }
  }

  private record SlowStreamRead(StreamRead read) implements StreamRead {
    @Override
    public StreamState state() {
      return read.state();
    }

    @Override
    public Iterator<ResolvedEvent> iterator() {
      return new SlowIterator(read.iterator());
    }

    @Override
    public void close() {
      read.close();
    }
  }

  private record SlowQueryRead(QueryRead read) implements QueryRead {
    @Override
    public Head head() {
      return read.head();
    }

    @Override
    public Iterator<ResolvedEvent> iterator() {
      return new SlowIterator(read.iterator());
    }

    @Override
    public void close() {
      read.close();
    }
  }

  @Override
  public StreamRead read(StreamName stream, ReadOptions options) {
    return new SlowStreamRead(super.read(stream, options));
  }

  @Override
  public EventRead readAll(ReadOptions options) {
    return new SlowEventRead(super.readAll(options));
  }

  @Override
  public QueryRead read(Query query, ReadOptions options) {
    return new SlowQueryRead(super.read(query, options));
  }
}
