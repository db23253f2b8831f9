// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.UnavailableException;
import io.leftfold.protocol.messages.store.Wire;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A subscription whose messages are still with the server, but for a few batches. A taker that is
/// slow holds the call by flow control: the server reads on for it when it takes again.
///
/// A call that lost its server is made again, behind the last message that came, until it is open
/// or the default deadline is over. Only then is the loss told.
final class RemoteSubscription implements Subscription {

  private static final long BETWEEN_CALLS_MILLIS = 100;

  private final Calls calls;
  private final String call;
  private final Failures failures;
  private final FollowedPlace place;
  private volatile Inflow<Wire.SubscribeResponse> inflow;
  private volatile boolean closed;
  private Iterator<SubscriptionMessage> batch = Collections.emptyIterator();
  private @Nullable Loss loss;
  private @Nullable RuntimeException end;

  RemoteSubscription(
      Inflow<Wire.SubscribeResponse> inflow,
      Wire.SubscribeRequest request,
      Calls calls,
      String call,
      Failures failures) {
    this.inflow = inflow;
    this.place = new FollowedPlace(request);
    this.calls = calls;
    this.call = call;
    this.failures = failures;
  }

  /// How calls are made and forgotten.
  interface Calls {

    /// Makes a call that waits until there is a server.
    ///
    /// @throws UnavailableException if the store was closed
    Inflow<Wire.SubscribeResponse> open(Wire.SubscribeRequest request);

    /// The call is over.
    void over(Inflow<Wire.SubscribeResponse> call);
  }

  /// The server was lost.
  ///
  /// @param reason how that was noticed
  /// @param end until when another call is tried
  private record Loss(RuntimeException reason, Deadline end) {}

  /// A moment by the clock that never jumps.
  private record Deadline(long nanos) {
    static Deadline in(Duration time) {
      return new Deadline(System.nanoTime() + TimeUnit.NANOSECONDS.convert(time));
    }

    Duration left() {
      return Duration.ofNanos(nanos - System.nanoTime());
    }

    boolean isOver() {
      return !left().isPositive();
    }
  }

  @Override
  public SubscriptionMessage next() throws InterruptedException {
    while (true) {
      checkOpen();
      if (batch.hasNext()) {
        return batch.next();
      }
      accept(Optional.empty());
    }
  }

  @Override
  public Optional<SubscriptionMessage> poll(Duration atMost) throws InterruptedException {
    checkOpen();
    var end = Deadline.in(atMost);
    for (var left = atMost; !batch.hasNext(); left = end.left()) {
      accept(Optional.of(left));
      if (end.isOver()) {
        break;
      }
    }
    return batch.hasNext() ? Optional.of(batch.next()) : Optional.empty();
  }

  @Override
  public void close() {
    closed = true;
    closeCall();
  }

  private void closeCall() {
    var current = inflow;
    current.close();
    calls.over(current);
  }

  private void checkOpen() {
    if (end != null) {
      throw end;
    }
    if (inflow.cancelled()) {
      throw Failures.closed(call);
    }
  }

  private void accept(Optional<Duration> atMost) throws InterruptedException {
    try {
      switch (take(atMost)) {
        case Inflow.Taken.Message(var response) -> {
          loss = null;
          place.reached(response);
          batch = response.getMessagesList().stream().map(FromWire::message).toList().iterator();
        }
        case Inflow.Taken.End() -> throw endedBy(endedByServer());
        case Inflow.Taken.Cancelled() -> throw Failures.closed(call);
        case Inflow.Taken.Nothing() -> {
          if (loss != null && loss.end.isOver()) {
            throw endedBy(loss.reason);
          }
        }
      }
    } catch (StatusRuntimeException e) {
      goOnAfter(e);
    } catch (IllegalArgumentException e) {
      throw endedBy(failures.notUnderstood(call, e));
    }
  }

  private Inflow.Taken<Wire.SubscribeResponse> take(Optional<Duration> atMost)
      throws InterruptedException {
    if (loss == null) {
      return atMost.isEmpty() ? inflow.take() : inflow.take(atMost.get());
    }
    var left = loss.end.left();
    return inflow.take(atMost.filter(wanted -> wanted.compareTo(left) < 0).orElse(left));
  }

  /// Makes another call if it was the server that was lost, and not the call that was refused.
  private void goOnAfter(StatusRuntimeException e) throws InterruptedException {
    var failure = failures.of(e, call, 0);
    var next = place.goingOn();
    if (next.isEmpty() || !isLossOfServer(e, failure)) {
      throw endedBy(failure);
    }
    if (loss == null) {
      loss = new Loss(failure, Deadline.in(failures.connection().defaultDeadline()));
    } else if (loss.end.isOver()) {
      throw endedBy(loss.reason);
    }
    TimeUnit.MILLISECONDS.sleep(BETWEEN_CALLS_MILLIS);
    calls.over(inflow);
    inflow = calls.open(next.get());
    if (closed) {
      // It may have been closed while there was no call.
      closeCall();
    }
  }

  private static boolean isLossOfServer(StatusRuntimeException e, RuntimeException failure) {
    return e.getStatus().getCode() == Status.Code.UNAVAILABLE
        && failure instanceof UnavailableException unavailable
        && unavailable.reason() == UnavailableException.Reason.UNREACHABLE;
  }

  private RuntimeException endedBy(RuntimeException reason) {
    end = reason;
    close();
    return reason;
  }

  private RuntimeException endedByServer() {
    return failures.of(
        Status.UNAVAILABLE.withDescription("the server ended it").asRuntimeException(), call, 0);
  }
}
