// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.server.indexes.IndexStreams;
import java.util.function.Predicate;

/// What scripts get. Users, rights, the audit and indexes cannot be written in it, for whoever may
/// write a script may not make themselves an administrator by it. And links lead only to what
/// everybody may read, for what a script reads it can show to everybody, and nobody was asked about
/// what links that come later lead to.
final class GuardedStore extends ForwardingEventStore {

  private final Predicate<StreamName> everybodyReads;

  /// @param everybodyReads whether whoever may ask this node at all may read a stream, now
  GuardedStore(EventStore store, Predicate<StreamName> everybodyReads) {
    super(store);
    this.everybodyReads = everybodyReads;
  }

  @Override
  public StreamRead read(StreamName stream, ReadOptions options) {
    var read = super.read(stream, options);
    return options.resolveLinks() ? new HidingRead.OfStream(read, this::hide) : read;
  }

  @Override
  public EventRead readAll(ReadOptions options) {
    var read = super.readAll(options);
    return options.resolveLinks() ? new HidingRead(read, this::hide) : read;
  }

  private ResolvedEvent hide(ResolvedEvent resolved) {
    return HidingRead.hidden(resolved, everybodyReads);
  }

  private static void require(StreamName stream) {
    var guarded = stream.isMetastream() ? stream.original().value() : stream.value();
    if (guarded.equals("$audit")
        || guarded.equals("$settings")
        || guarded.equals("$users")
        || guarded.startsWith("$user-")) {
      throw new NotAuthorizedException(
          "Projections do not write to %s: it says who may do what".formatted(stream));
    }
    if (guarded.startsWith(IndexStreams.PREFIX)) {
      throw new NotAuthorizedException(
          "Projections do not write to %s: an index is kept in it".formatted(stream));
    }
  }

  @Override
  public AppendResult append(Commit commit) {
    commit.parts().forEach(part -> require(part.stream()));
    return super.append(commit);
  }

  @Override
  public long delete(StreamName stream, ExpectedState expected) {
    require(stream);
    return super.delete(stream, expected);
  }

  @Override
  public long tombstone(StreamName stream, ExpectedState expected) {
    require(stream);
    return super.tombstone(stream, expected);
  }

  @Override
  public AppendResult writeMetadata(
      StreamName stream, ExpectedState expected, StreamMetadata metadata) {
    require(stream);
    return super.writeMetadata(stream, expected, metadata);
  }

  /// Does nothing: the store is its owner's.
  @Override
  public void close() {}
}
