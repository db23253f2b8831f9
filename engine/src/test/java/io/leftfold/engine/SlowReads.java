// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.CurrentMetadata;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.Head;
import io.leftfold.api.ListOptions;
import io.leftfold.api.Query;
import io.leftfold.api.QueryRead;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A store whose readers let other threads run before each event.
///
/// @param store the store
record SlowReads(EventStore store) implements EventStore {

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
    return new SlowStreamRead(store.read(stream, options));
  }

  @Override
  public EventRead readAll(ReadOptions options) {
    return new SlowEventRead(store.readAll(options));
  }

  @Override
  public QueryRead read(Query query, ReadOptions options) {
    return new SlowQueryRead(store.read(query, options));
  }

  // ---- all else is as it is

  @Override
  public AppendResult append(Commit commit) {
    return store.append(commit);
  }

  @Override
  public Subscription subscribe(StreamName stream, SubscribeOptions options) {
    return store.subscribe(stream, options);
  }

  @Override
  public Subscription subscribeToAll(SubscribeOptions options) {
    return store.subscribeToAll(options);
  }

  @Override
  public long delete(StreamName stream, ExpectedState expected) {
    return store.delete(stream, expected);
  }

  @Override
  public long tombstone(StreamName stream, ExpectedState expected) {
    return store.tombstone(stream, expected);
  }

  @Override
  public StreamState state(StreamName stream) {
    return store.state(stream);
  }

  @Override
  public CurrentMetadata metadata(StreamName stream) {
    return store.metadata(stream);
  }

  @Override
  public AppendResult writeMetadata(
      StreamName stream, ExpectedState expected, StreamMetadata metadata) {
    return store.writeMetadata(stream, expected, metadata);
  }

  @Override
  public List<StreamSummary> streams(ListOptions options) {
    return store.streams(options);
  }

  @Override
  public Optional<Long> lastPosition() {
    return store.lastPosition();
  }

  @Override
  public OptionalLong trackingPosition(String source) {
    return store.trackingPosition(source);
  }

  @Override
  public long positionAt(Instant time) {
    return store.positionAt(time);
  }

  @Override
  public void close() {
    store.close();
  }
}
