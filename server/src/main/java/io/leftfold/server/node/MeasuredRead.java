// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.EventRead;
import io.leftfold.api.EventSink;
import io.leftfold.api.Head;
import io.leftfold.api.QueryRead;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import java.util.Iterator;
import java.util.function.Supplier;

/// A read that counts what it gives, and tells what took its time when it is closed: finding,
/// reading, or waiting for the caller. One thread at a time.
public abstract sealed class MeasuredRead implements EventRead {

  private final EventRead read;
  private final Measures measures;
  private final Operation operation;
  private final String subject;
  private final long begun;
  private final long opening;

  private long count;
  private long waiting;
  private long pausedAt;
  private boolean paused;
  private boolean closed;

  private MeasuredRead(
      Measures measures, Operation operation, String subject, long begun, EventRead read) {
    this.measures = measures;
    this.operation = operation;
    this.subject = subject;
    this.begun = begun;
    this.read = read;
    this.opening = measures.now() - begun;
  }

  static OfStream ofStream(Measures measures, String stream, Supplier<StreamRead> open) {
    var begun = measures.now();
    return new OfStream(measures, stream, begun, open.get());
  }

  /// Measures a read of all streams.
  ///
  /// @param measures is told
  /// @param open opens it
  /// @return the read
  public static OfAll ofAll(Measures measures, Supplier<EventRead> open) {
    var begun = measures.now();
    return new OfAll(measures, begun, open.get());
  }

  static OfQuery ofQuery(Measures measures, Supplier<QueryRead> open) {
    var begun = measures.now();
    return new OfQuery(measures, begun, open.get());
  }

  /// What follows, until the next event is asked for, is waiting for the caller.
  public void pause() {
    paused = true;
    pausedAt = measures.now();
  }

  private void goOn() {
    if (paused) {
      paused = false;
      waiting += measures.now() - pausedAt;
    }
  }

  @Override
  public Iterator<ResolvedEvent> iterator() {
    return new Counting(read.iterator()); // which is always the same one
  }

  @Override
  public boolean next(EventSink sink) {
    goOn();
    var found = read.next(sink);
    if (found) {
      count++;
    }
    return found;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      goOn();
      var reading = measures.now() - begun - opening - waiting;
      measures.read(operation, subject, count, new SlowLog.ReadTimes(opening, reading, waiting));
    }
    read.close();
  }

  /// A read of one stream.
  public static final class OfStream extends MeasuredRead implements StreamRead {
    private final StreamRead read;

    private OfStream(Measures measures, String stream, long begun, StreamRead read) {
      super(measures, Operation.READ_STREAM, stream, begun, read);
      this.read = read;
    }

    @Override
    public StreamState state() {
      return read.state();
    }
  }

  /// A read of all streams.
  public static final class OfAll extends MeasuredRead {
    private OfAll(Measures measures, long begun, EventRead read) {
      super(measures, Operation.READ_ALL, "$all", begun, read);
    }
  }

  /// A read of what matches a query.
  public static final class OfQuery extends MeasuredRead implements QueryRead {
    private final QueryRead read;

    private OfQuery(Measures measures, long begun, QueryRead read) {
      super(measures, Operation.READ_QUERY, "a query", begun, read);
      this.read = read;
    }

    @Override
    public Head head() {
      return read.head();
    }
  }

  /// Counts what an iterator gives.
  private final class Counting implements Iterator<ResolvedEvent> {
    private final Iterator<ResolvedEvent> all;

    Counting(Iterator<ResolvedEvent> all) {
      this.all = all;
    }

    @Override
    public boolean hasNext() {
      goOn();
      return all.hasNext();
    }

    @Override
    public ResolvedEvent next() {
      var event = all.next();
      count++;
      return event;
    }
  }
}
