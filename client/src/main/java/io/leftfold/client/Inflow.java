// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The messages of one streaming call, taken by one thread at its own pace.
///
/// At most [#AHEAD] messages are here that were not taken: each one taken asks for one more, and
/// what was not asked for stays with the server, held there by HTTP/2's flow control. The
/// transport's thread only puts messages down and wakes the taker.
///
/// A call is *open* until its status arrives or it is cancelled. Messages that came before the
/// status are given before it; a cancelled call gives none.
final class Inflow<T> implements AutoCloseable {

  /// How many messages may be here before the taker comes for them.
  static final int AHEAD = 4;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<T> arrived = new ArrayDeque<>(AHEAD);
  private final ClientCall<?, T> call;
  private @Nullable StatusRuntimeException end;
  private boolean cancelled;

  private Inflow(ClientCall<?, T> call) {
    this.call = call;
  }

  /// Starts a call with its one request.
  static <Q, T> Inflow<T> open(Channel channel, MethodDescriptor<Q, T> method, Q request) {
    return open(channel, method, request, CallOptions.DEFAULT);
  }

  /// Starts a call with its one request.
  static <Q, T> Inflow<T> open(
      Channel channel, MethodDescriptor<Q, T> method, Q request, CallOptions options) {
    ClientCall<Q, T> call = channel.newCall(method, options.withExecutor(Runnable::run));
    var inflow = new Inflow<>(call);
    call.start(inflow.new Arrivals(), new Metadata());
    call.request(AHEAD);
    call.sendMessage(request);
    call.halfClose();
    return inflow;
  }

  /// What came of waiting.
  sealed interface Taken<T> {
    /// The next message.
    record Message<T>(T value) implements Taken<T> {}

    /// Nothing came in time.
    record Nothing<T>() implements Taken<T> {}

    /// The server has said everything.
    record End<T>() implements Taken<T> {}

    /// The call was cancelled here.
    record Cancelled<T>() implements Taken<T> {}
  }

  /// Waits for the next message as long as it takes.
  ///
  /// @throws StatusRuntimeException if the call failed
  Taken<T> take() throws InterruptedException {
    return take(Optional.empty());
  }

  /// Waits for the next message, or looks only if `atMost` is zero or less.
  ///
  /// @throws StatusRuntimeException if the call failed
  Taken<T> take(Duration atMost) throws InterruptedException {
    return take(Optional.of(atMost));
  }

  private Taken<T> take(Optional<Duration> atMost) throws InterruptedException {
    T message;
    lock.lockInterruptibly();
    try {
      var nanos = atMost.map(TimeUnit.NANOSECONDS::convert).orElse(Long.MAX_VALUE);
      while (arrived.isEmpty() && end == null && !cancelled) {
        if (atMost.isEmpty()) {
          changed.await();
        } else if (nanos > 0) {
          nanos = changed.awaitNanos(nanos);
        } else {
          return new Taken.Nothing<>();
        }
      }
      if (cancelled) {
        return new Taken.Cancelled<>();
      }
      if (arrived.isEmpty()) {
        return ended();
      }
      message = arrived.remove();
    } finally {
      lock.unlock();
    }
    call.request(1);
    return new Taken.Message<>(message);
  }

  private Taken<T> ended() {
    if (end != null && !end.getStatus().isOk()) {
      throw end;
    }
    return new Taken.End<>();
  }

  /// Whether [#close()] was called.
  boolean cancelled() {
    lock.lock();
    try {
      return cancelled;
    } finally {
      lock.unlock();
    }
  }

  /// Cancels the call, at both ends, and wakes a waiting taker.
  @Override
  public void close() {
    lock.lock();
    try {
      if (cancelled) {
        return;
      }
      cancelled = true;
      arrived.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    call.cancel("closed by its reader", null);
  }

  /// Puts down what comes, on the transport's thread.
  private final class Arrivals extends ClientCall.Listener<T> {
    @Override
    public void onMessage(T message) {
      lock.lock();
      try {
        if (!cancelled) {
          arrived.add(message);
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      lock.lock();
      try {
        end = status.asRuntimeException(trailers);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
