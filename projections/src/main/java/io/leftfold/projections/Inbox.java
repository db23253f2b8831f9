// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.reading.Batch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// What was read and is not folded yet, and how far a run has come by it.
///
/// Nothing behind the barrier is given, and nobody is said to have come past it.
final class Inbox {

  private final ArrayDeque<Batch> batches = new ArrayDeque<>();
  private final LongConsumer passed;
  private int next;
  private int events;
  private boolean atEnd;
  private long barrier;
  private long through;

  /// @param through the last position that was looked at before
  /// @param barrier the last position that may be
  /// @param passed is told of how many positions more were looked at
  Inbox(long through, long barrier, LongConsumer passed) {
    this.through = through;
    this.barrier = barrier;
    this.passed = passed;
  }

  void take(Batch batch) {
    batches.add(batch);
    events += batch.events().size();
  }

  void barrier(long lastPosition) {
    barrier = lastPosition;
  }

  /// The next event in front of the barrier; goes past batches that are through.
  @Nullable ResolvedEvent upcoming() {
    while (!batches.isEmpty()) {
      var batch = batches.peek();
      if (next < batch.events().size()) {
        var head = batch.events().get(next);
        if (head.original().position() <= barrier) {
          return head;
        }
        pass(barrier);
        return null;
      }
      if (batch.through() > barrier) {
        pass(barrier);
        return null;
      }
      batches.remove();
      next = 0;
      atEnd = batch.atEnd();
      pass(batch.through());
    }
    return null;
  }

  /// Up to so many events that come next in front of the barrier, the upcoming one first.
  List<ResolvedEvent> ahead(int count) {
    var all = new ArrayList<ResolvedEvent>();
    var from = next;
    for (var batch : batches) {
      for (var event : batch.events().subList(from, batch.events().size())) {
        if (all.size() == count || event.original().position() > barrier) {
          return all;
        }
        all.add(event);
      }
      from = 0;
    }
    return all;
  }

  /// The upcoming event is done with.
  void consume() {
    var position = batches.element().events().get(next).original().position();
    next++;
    events--;
    pass(position);
  }

  private void pass(long to) {
    if (to > through) {
      passed.accept(to - through);
      through = to;
    }
  }

  /// The last position that was looked at.
  long through() {
    return through;
  }

  /// Batches that are not through.
  int batches() {
    return batches.size();
  }

  /// Events that are not through.
  int events() {
    return events;
  }

  /// Whether all is through that there was when it was read.
  boolean isThrough() {
    return atEnd && batches.isEmpty();
  }
}
