// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import java.util.ArrayList;
import java.util.List;

/// Along the keys of neighbouring segments at once, as if they were one.
final class MergeCursor implements KeyCursor {

  /// A segment on its way.
  private static final class Input {
    final SegmentCursor cursor;
    final long distance;
    boolean done;

    Input(Segment segment, long first) {
      this.cursor = new SegmentCursor(segment);
      this.distance = segment.first() - first;
      advance();
    }

    void advance() {
      done = !cursor.next();
    }
  }

  private final List<Input> inputs = new ArrayList<>();

  // Those that have the present key, in order of positions.
  private final List<Input> holders = new ArrayList<>();
  private int holder;
  private long left;
  private long count;
  private boolean consecutive;

  MergeCursor(List<Segment> segments) {
    for (var segment : segments) {
      inputs.add(new Input(segment, segments.getFirst().first()));
    }
  }

  @Override
  public boolean next() {
    holders.forEach(Input::advance);
    holders.clear();
    for (var input : inputs) {
      if (input.done) {
        continue;
      }
      var order = holders.isEmpty() ? 0 : KeyCursor.compare(input.cursor, holder());
      if (order < 0) {
        holders.clear();
      }
      if (order <= 0) {
        holders.add(input);
      }
    }
    if (holders.isEmpty()) {
      return false;
    }
    summarise();
    return true;
  }

  private void summarise() {
    count = 0;
    consecutive = true;
    for (var input : holders) {
      consecutive &=
          input.cursor.isConsecutive() && input.cursor.firstRevision() == firstRevision() + count;
      count += input.cursor.count();
    }
  }

  private SegmentCursor holder() {
    return holders.getFirst().cursor;
  }

  @Override
  public byte[] key() {
    return holder().key();
  }

  @Override
  public int keyLength() {
    return holder().keyLength();
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public long firstRevision() {
    return holder().firstRevision();
  }

  @Override
  public boolean isConsecutive() {
    return consecutive;
  }

  @Override
  public void rewind() {
    holder = -1;
    left = 0;
  }

  @Override
  public long nextPlace() {
    if (left == 0) {
      var input = holders.get(++holder).cursor;
      input.rewind();
      left = input.count();
    }
    left--;
    var input = holders.get(holder);
    return input.distance + input.cursor.nextPlace();
  }
}
