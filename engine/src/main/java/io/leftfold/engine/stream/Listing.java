// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamState;
import io.leftfold.api.VirtualStream;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.index.Postings;
import io.leftfold.engine.log.RecordCursor;

/// What a virtual stream lists below an end of the log, and which number each has in it. Belongs to
/// one thread at a time.
sealed interface Listing {

  /// Stands for no number.
  long NONE = -1;

  /// What a virtual stream lists now.
  ///
  /// @param end at most the published end of the log
  static Listing of(VirtualStream kind, Index index, long end) {
    return switch (kind) {
      case VirtualStream.Category(var category) -> new Counted(index.category(category), end);
      // A virtual stream lists what happened, not what points to it.
      case VirtualStream.Type(var type) when type.equals(RecordedEvent.LINK_TYPE) ->
          new Counted(index.none(), end);
      case VirtualStream.Type(var type) -> new Counted(index.type(type), end);
      case VirtualStream.Streams() -> new Counted(index.streamStarts(), end);
      case VirtualStream.StreamsOfCategory(var category) ->
          new Counted(index.streamStarts(category), end);
      case VirtualStream.Correlation(var id) -> new Positioned(index.correlation(id), end);
    };
  }

  /// The first number at or behind one; [#NONE] if there is none.
  long next(long number);

  /// The last number at or before one; [#NONE] if there is none.
  long previous(long number);

  /// The position of the event that has a number.
  long position(long number);

  /// A number that the first event at or behind a position has, or that no event before it has.
  long numberAt(long position);

  /// The number of the first event at or behind a position; if there is none, the one behind the
  /// last.
  long firstFrom(long position, RecordCursor cursor);

  /// How many events have a number or a higher one, forgotten ones too.
  long countFrom(long number);

  /// Grows with each event that is added.
  long edge();

  /// Tells of it as of a stream.
  StreamState state(RecordCursor cursor);

  /// The n-th event has number n, whatever is forgotten.
  final class Counted implements Listing {
    private final Postings postings;
    private final long end;
    private final long count;

    Counted(Postings postings, long end) {
      this.postings = postings;
      this.end = end;
      this.count = postings.countBelow(end);
    }

    @Override
    public long next(long number) {
      return number < count ? number : NONE;
    }

    @Override
    public long previous(long number) {
      return Math.min(number, count - 1);
    }

    @Override
    public long position(long number) {
      return postings.at(number);
    }

    @Override
    public long numberAt(long position) {
      return postings.ordinalOf(Math.min(position, end), count);
    }

    @Override
    public long firstFrom(long position, RecordCursor cursor) {
      return numberAt(position);
    }

    @Override
    public long countFrom(long number) {
      return Math.max(0, count - number);
    }

    @Override
    public long edge() {
      return count;
    }

    @Override
    public StreamState state(RecordCursor cursor) {
      return count == 0 ? new StreamState.Absent() : new StreamState.Present(0, count - 1);
    }
  }

  /// The number is the position: the index forgets the list when all its events are forgotten, and
  /// begins it anew with the next.
  final class Positioned implements Listing {
    private final Postings postings;
    private final long end;

    Positioned(Postings postings, long end) {
      this.postings = postings;
      this.end = end;
    }

    @Override
    public long next(long number) {
      return number < end ? postings.next(number, end) : NONE;
    }

    @Override
    public long previous(long number) {
      return postings.previous(Math.min(number, end - 1) + 1);
    }

    @Override
    public long position(long number) {
      return number;
    }

    @Override
    public long numberAt(long position) {
      return Math.min(position, end);
    }

    @Override
    public long firstFrom(long position, RecordCursor cursor) {
      var first = next(position);
      while (first != NONE && cursor.isSurelyForgotten(first)) {
        first = next(first + 1);
      }
      return first == NONE ? lastKept(cursor) + 1 : first;
    }

    @Override
    public long countFrom(long number) {
      var count = postings.countBelow(end);
      return count - postings.ordinalOf(Math.min(number, end), count);
    }

    @Override
    public long edge() {
      return postings.previous(end) + 1;
    }

    /// What is forgotten does not count, for it may be in the list or not.
    @Override
    public StreamState state(RecordCursor cursor) {
      var last = lastKept(cursor);
      return last == NONE ? new StreamState.Absent() : new StreamState.Present(0, last);
    }

    private long lastKept(RecordCursor cursor) {
      var last = previous(end);
      while (last != NONE && cursor.isSurelyForgotten(last)) {
        last = previous(last - 1);
      }
      return last;
    }
  }
}
