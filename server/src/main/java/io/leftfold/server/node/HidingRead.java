// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.EventRead;
import io.leftfold.api.EventSink;
import io.leftfold.api.EventView;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// A read that follows links, for a caller who may not see all that they lead to.
class HidingRead implements EventRead {

  private final EventRead read;
  private final UnaryOperator<ResolvedEvent> hide;

  HidingRead(EventRead read, UnaryOperator<ResolvedEvent> hide) {
    this.read = read;
    this.hide = hide;
  }

  /// The same, of one stream.
  static final class OfStream extends HidingRead implements StreamRead {
    private final StreamRead read;

    OfStream(StreamRead read, UnaryOperator<ResolvedEvent> hide) {
      super(read, hide);
      this.read = read;
    }

    @Override
    public StreamState state() {
      return read.state();
    }
  }

  /// Takes the event away that a link leads to, if it may not be seen.
  ///
  /// @param mayRead which streams may be
  static ResolvedEvent hidden(ResolvedEvent resolved, Predicate<StreamName> mayRead) {
    var isHidden =
        resolved.link().isPresent()
            && resolved.event().filter(event -> !mayRead.test(event.stream())).isPresent();
    return isHidden ? new ResolvedEvent(Optional.empty(), resolved.link()) : resolved;
  }

  @Override
  public Iterator<ResolvedEvent> iterator() {
    var events = read.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return events.hasNext();
      }

      @Override
      public ResolvedEvent next() {
        return hide.apply(events.next());
      }
    };
  }

  @Override
  public boolean next(EventSink sink) {
    return read.next(
        new EventSink() {
          @Override
          public void event(EventView event) {
            sink.event(event);
          }

          @Override
          public void resolved(ResolvedEvent resolved) {
            sink.resolved(hide.apply(resolved));
          }
        });
  }

  @Override
  public void close() {
    read.close();
  }
}
