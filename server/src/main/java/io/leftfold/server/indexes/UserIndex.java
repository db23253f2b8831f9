// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// An index that was created and not deleted: what it is, what it has, and its work while it is
/// started.
final class UserIndex {

  private final IndexDefinition definition;
  private final Entries entries;
  private @Nullable Indexing work;
  private @Nullable Thread thread;

  UserIndex(IndexDefinition definition, Entries entries) {
    this.definition = definition;
    this.entries = entries;
  }

  IndexDefinition definition() {
    return definition;
  }

  Entries entries() {
    return entries;
  }

  synchronized boolean does(Indexing asked) {
    return work == asked;
  }

  synchronized boolean isWorking() {
    return work != null;
  }

  synchronized void begin(Indexing begun, ThreadFactory threads) {
    assert work == null : "an index is started once";
    entries.setCurrent(false);
    work = begun;
    thread = threads.newThread(begun);
    thread.start();
  }

  /// Ends its work, and waits for that. Nothing is written after it.
  void end() {
    Indexing ended;
    Thread waited;
    synchronized (this) {
      ended = work;
      waited = thread;
    }
    if (ended == null || waited == null) {
      return;
    }
    ended.end();
    join(waited);
    synchronized (this) {
      work = null;
      thread = null;
    }
  }

  private static void join(Thread waited) {
    var isInterrupted = false;
    while (waited.isAlive()) {
      try {
        waited.join();
      } catch (InterruptedException _) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  synchronized IndexInfo info(boolean isStarted) {
    return new IndexInfo(
        definition,
        isStarted,
        entries.through(),
        work == null ? 0 : work.found(),
        work == null ? 0 : work.notJudged());
  }
}
