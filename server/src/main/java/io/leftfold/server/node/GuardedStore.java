// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.CurrentMetadata;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ListOptions;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.Query;
import io.leftfold.api.QueryRead;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A store in which users, rights and the audit cannot be written: what scripts get, for whoever
/// may write a script may not make themselves an administrator by it.
///
/// @param store any
record GuardedStore(EventStore store) implements EventStore {

  private static void require(StreamName stream) {
    var guarded = stream.isMetastream() ? stream.original().value() : stream.value();
    if (guarded.equals("$audit")
        || guarded.equals("$settings")
        || guarded.equals("$users")
        || guarded.startsWith("$user-")) {
      throw new NotAuthorizedException(
          "Projections do not write to %s: it says who may do what".formatted(stream));
    }
  }

  @Override
  public AppendResult append(Commit commit) {
    commit.parts().forEach(part -> require(part.stream()));
    return store.append(commit);
  }

  @Override
  public long delete(StreamName stream, ExpectedState expected) {
    require(stream);
    return store.delete(stream, expected);
  }

  @Override
  public long tombstone(StreamName stream, ExpectedState expected) {
    require(stream);
    return store.tombstone(stream, expected);
  }

  @Override
  public AppendResult writeMetadata(
      StreamName stream, ExpectedState expected, StreamMetadata metadata) {
    require(stream);
    return store.writeMetadata(stream, expected, metadata);
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
  public QueryRead read(Query query, ReadOptions options) {
    return store.read(query, options);
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
  public StreamState state(StreamName stream) {
    return store.state(stream);
  }

  @Override
  public CurrentMetadata metadata(StreamName stream) {
    return store.metadata(stream);
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

  /// Does nothing: the store is its owner's.
  @Override
  public void close() {}
}
