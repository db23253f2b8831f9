// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.ClosedMapping;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// The parts of the index, one after the other, in the order of their positions: segments, tables
/// that are about to become segments, and, once the index is whole, the live table, which is last.
///
/// Each change publishes a new array. A reader loads the end of the log first and then the array:
/// what lies below that end is in it. He goes on with it until a segment of it is closed, and then
/// finds the same in the next.
final class Row {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private volatile Part[] parts = {};
  private volatile boolean closed;

  /// The parts as they are now; never changed.
  Part[] parts() {
    return parts;
  }

  /// The segments as they are now.
  List<Segment> segments() {
    return segments(List.of(parts));
  }

  /// The segments among parts.
  static List<Segment> segments(List<? extends Part> parts) {
    return parts.stream().filter(Segment.class::isInstance).map(Segment.class::cast).toList();
  }

  /// Begins anew. Before anybody reads.
  void begin(List<Segment> segments) {
    parts = segments.toArray(Part[]::new);
  }

  /// Puts a part in its place among the others.
  void insert(Part part) {
    lock.lock();
    try {
      var all = new ArrayList<>(List.of(parts));
      all.add(part);
      all.sort(Comparator.comparingLong(Part::first));
      parts = all.toArray(Part[]::new);
    } finally {
      lock.unlock();
    }
  }

  /// Puts parts in the place of neighbours that cover the same, and closes the segments among
  /// these.
  void replace(List<? extends Part> old, List<? extends Part> by) {
    lock.lock();
    try {
      var all = new ArrayList<>(List.of(parts));
      var at = all.indexOf(old.getFirst());
      all.subList(at, at + old.size()).clear();
      all.addAll(at, by);
      parts = all.toArray(Part[]::new);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    SegmentFiles.closeAll(segments(old));
  }

  /// Waits until fewer tables wait to be written, beside the live one.
  ///
  /// @param most how many are too many
  /// @param inVain whether none will be written; [#lookAgain] after it becomes true
  void awaitTablesBelow(int most, BooleanSupplier inVain) {
    lock.lock();
    try {
      while (waitingTables() >= most && !inVain.getAsBoolean() && !closed) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private long waitingTables() {
    return Arrays.stream(parts).filter(MemoryTable.class::isInstance).count() - 1;
  }

  /// Lets those look again who wait.
  void lookAgain() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Passes on a failure to read a segment, unless it was closed because another took its place:
  /// then there is a new row to ask.
  ///
  /// @param seen the parts that were read
  @SuppressWarnings("ReferenceEquality") // a new row is a new array
  void requireChangedSince(Part[] seen, IllegalStateException failure) {
    ClosedMapping.passed();
    if (closed) {
      throw new UnavailableException(
          UnavailableException.Reason.CLOSED, "The store was closed while it was read", failure);
    }
    if (parts == seen) {
      throw failure;
    }
  }

  /// Nobody waits from now on. The segments are still open.
  void close() {
    closed = true;
    lookAgain();
  }

  boolean isClosed() {
    return closed;
  }
}
