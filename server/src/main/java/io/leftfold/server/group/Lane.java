// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Events that wait: those to be retried first, each kind in its order.
final class Lane {

  private final PriorityQueue<Entry> retries = new PriorityQueue<>(Entry.IN_ORDER);
  private final ArrayDeque<Entry> ahead = new ArrayDeque<>();

  void add(Entry entry) {
    if (entry.state == Entry.State.RETRY) {
      retries.add(entry);
    } else {
      ahead.add(entry);
    }
  }

  @Nullable Entry poll() {
    // One that was acked while it waited is done, and still here.
    for (var retry = retries.poll(); retry != null; retry = retries.poll()) {
      if (retry.state == Entry.State.RETRY) {
        return retry;
      }
    }
    return ahead.poll();
  }

  boolean isEmpty() {
    while (!retries.isEmpty() && retries.element().state != Entry.State.RETRY) {
      retries.remove();
    }
    return retries.isEmpty() && ahead.isEmpty();
  }

  /// Takes all out.
  List<Entry> drain() {
    var all = new ArrayList<Entry>(retries.size() + ahead.size());
    for (var entry = poll(); entry != null; entry = poll()) {
      all.add(entry);
    }
    return all;
  }
}
