// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import io.grpc.StatusRuntimeException;
import io.leftfold.api.Head;
import io.leftfold.api.QueryRead;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import io.leftfold.protocol.messages.store.Wire;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;

/// A read whose events are still with the server, but for a few batches.
///
/// What a read of its kind does not have is nobody's business: callers get a read of all streams as
/// an `EventRead`, one of a stream without its head, and one by query without its state.
final class RemoteRead implements StreamRead, QueryRead {

  private final Inflow<Wire.ReadResponse> inflow;
  private final StreamState state;
  private final Head head;
  private final String call;
  private final Failures failures;
  private final Runnable onClose;
  private final Iterator<ResolvedEvent> iterator = new Events();
  private Iterator<ResolvedEvent> batch = Collections.emptyIterator();
  private boolean ended;

  RemoteRead(
      Inflow<Wire.ReadResponse> inflow,
      StreamState state,
      Head head,
      String call,
      Failures failures,
      Runnable onClose) {
    this.inflow = inflow;
    this.state = state;
    this.head = head;
    this.call = call;
    this.failures = failures;
    this.onClose = onClose;
  }

  @Override
  public StreamState state() {
    return state;
  }

  @Override
  public Head head() {
    return head;
  }

  @Override
  public Iterator<ResolvedEvent> iterator() {
    return iterator;
  }

  @Override
  public void close() {
    inflow.close();
    onClose.run();
  }

  private void awaitEvents() {
    if (inflow.cancelled() && !ended) {
      throw Failures.closed(call);
    }
    while (!batch.hasNext() && !ended) {
      try {
        switch (inflow.take()) {
          case Inflow.Taken.Message(var response) ->
              batch =
                  response.getEvents().getEventsList().stream()
                      .map(FromWire::resolved)
                      .toList()
                      .iterator();
          case Inflow.Taken.End() -> {
            ended = true;
            onClose.run();
          }
          case Inflow.Taken.Cancelled() -> throw Failures.closed(call);
          case Inflow.Taken.Nothing() -> {}
        }
      } catch (StatusRuntimeException e) {
        close();
        throw failures.of(e, call, 0);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        throw failures.interrupted(call);
      } catch (IllegalArgumentException e) {
        close();
        throw failures.notUnderstood(call, e);
      }
    }
  }

  private final class Events implements Iterator<ResolvedEvent> {
    @Override
    public boolean hasNext() {
      awaitEvents();
      return batch.hasNext();
    }

    @Override
    public ResolvedEvent next() {
      if (!hasNext()) {
        throw new NoSuchElementException(call + " has no more events");
      }
      return batch.next();
    }
  }
}
