// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.ReadOptions;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.server.access.Right;
import io.leftfold.server.indexes.IndexDefinition;
import io.leftfold.server.indexes.IndexInfo;
import io.leftfold.server.indexes.UserIndexes;
import java.util.List;

/// The user-defined indexes of a node as one caller has them. Its methods say what [UserIndexes]
/// says, and ask first whether the caller may: looking is for whoever has logged in, changing for
/// operators, reading for those who may read everything. They wait: not for an event loop, but for
/// [#read] and [#follow], which only open.
public final class IndexControl {

  private final Session session;
  private final UserIndexes indexes;

  /// Of one caller.
  ///
  /// @param session the caller's
  /// @param indexes do what is asked
  public IndexControl(Session session, UserIndexes indexes) {
    this.session = session;
    this.indexes = indexes;
  }

  /// All indexes.
  ///
  /// @return how each stands, in the order of their names
  public List<IndexInfo> list() {
    session.require(Right.OnNode.STATISTICS);
    return indexes.list();
  }

  /// One index.
  ///
  /// @param name which
  /// @return how it stands
  public IndexInfo get(String name) {
    session.require(Right.OnNode.STATISTICS);
    return indexes.get(name);
  }

  /// Creates an index.
  ///
  /// @param definition what it is
  /// @param start whether it is started too
  public void create(IndexDefinition definition, boolean start) {
    changing("create index", definition.name(), () -> indexes.create(definition, start));
  }

  /// Starts an index.
  ///
  /// @param name which
  public void start(String name) {
    changing("start index", name, () -> indexes.start(name));
  }

  /// Stops an index.
  ///
  /// @param name which
  public void stop(String name) {
    changing("stop index", name, () -> indexes.stop(name));
  }

  /// Deletes an index.
  ///
  /// @param name which
  public void delete(String name) {
    changing("delete index", name, () -> indexes.delete(name));
  }

  private void changing(String action, String name, Runnable work) {
    session
        .operator()
        .does(
            Right.OnNode.MANAGE_INDEXES,
            action,
            name,
            () -> {
              work.run();
              return true;
            });
  }

  /// Reads what an index has now.
  ///
  /// @param asked `$idx-user-<name>`, with a lookup behind it or without
  /// @param options direction, start, limit
  /// @return the events, to be closed after use
  public MeasuredRead.OfAll read(String asked, ReadOptions options) {
    return session.readFound(() -> indexes.read(asked, options));
  }

  /// Follows an index.
  ///
  /// @param asked `$idx-user-<name>`, with a lookup behind it or without
  /// @param options start and checkpoints
  /// @return the subscription, to be closed after use
  public Following follow(String asked, SubscribeOptions options) {
    return session.followFound(() -> indexes.subscribe(asked, options));
  }

  /// How far the index of the store is, without which there are no others.
  ///
  /// @param indexed how many events it covers
  /// @param events of how many
  public record Progress(long indexed, long events) {}

  /// How far the index of the store is.
  ///
  /// @return as of this moment
  public Progress progress() {
    var progress = session.indexProgress();
    return new Progress(progress.indexed(), progress.events());
  }
}
