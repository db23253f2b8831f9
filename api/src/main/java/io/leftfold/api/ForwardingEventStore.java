// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A store that hands everything to another one. For those who put themselves between: they
/// override what is theirs to change, and the rest is as the other store does it.
public abstract class ForwardingEventStore implements EventStore {

  private final EventStore store;

  /// In front of a store.
  ///
  /// @param store does everything; closed with this
  protected ForwardingEventStore(EventStore store) {
    this.store = store;
  }

  @Override
  public AppendResult append(Commit commit) {
    return store.append(commit);
  }

  @Override
  public boolean isInThisProcess() {
    return store.isInThisProcess();
  }

  @Override
  public QueryRead read(Query query, ReadOptions options) {
    return store.read(query, options);
  }

  @Override
  public OptionalLong trackingPosition(String source) {
    return store.trackingPosition(source);
  }

  @Override
  public StreamRead read(StreamName stream, ReadOptions options) {
    return store.read(stream, options);
  }

  @Override
  public EventRead readAll(ReadOptions options) {
    return store.readAll(options);
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
  public long positionAt(Instant time) {
    return store.positionAt(time);
  }

  @Override
  public void close() {
    store.close();
  }
}
