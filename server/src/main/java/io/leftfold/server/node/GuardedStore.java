// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;

/// A store in which users, rights and the audit cannot be written: what scripts get, for whoever
/// may write a script may not make themselves an administrator by it.
final class GuardedStore extends ForwardingEventStore {

  GuardedStore(EventStore store) {
    super(store);
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
