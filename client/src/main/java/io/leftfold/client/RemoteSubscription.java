// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.protocol.messages.store.Wire;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A subscription whose messages are still with the server, but for a few batches. A taker that is
/// slow holds the call by flow control: the server reads on for it when it takes again.
final class RemoteSubscription implements Subscription {

  private final Inflow<Wire.SubscribeResponse> inflow;
  private final String call;
  private final Failures failures;
  private final Runnable onClose;
  private Iterator<SubscriptionMessage> batch = Collections.emptyIterator();
  private @Nullable RuntimeException end;

  RemoteSubscription(
      Inflow<Wire.SubscribeResponse> inflow, String call, Failures failures, Runnable onClose) {
    this.inflow = inflow;
    this.call = call;
    this.failures = failures;
    this.onClose = onClose;
  }

  @Override
  public SubscriptionMessage next() throws InterruptedException {
    while (true) {
      checkOpen();
      if (batch.hasNext()) {
        return batch.next();
      }
      accept(inflow::take);
    }
  }

  @Override
  public Optional<SubscriptionMessage> poll(Duration atMost) throws InterruptedException {
    checkOpen();
    if (!batch.hasNext()) {
      accept(() -> inflow.take(atMost));
    }
    return batch.hasNext() ? Optional.of(batch.next()) : Optional.empty();
  }

  @Override
  public void close() {
    inflow.close();
    onClose.run();
  }

  private void checkOpen() {
    if (end != null) {
      throw end;
    }
    if (inflow.cancelled()) {
      throw Failures.closed(call);
    }
  }

  private void accept(Waiting waiting) throws InterruptedException {
    try {
      switch (waiting.await()) {
        case Inflow.Taken.Message(var response) ->
            batch = response.getMessagesList().stream().map(FromWire::message).toList().iterator();
        case Inflow.Taken.End() -> throw endedBy(endedByServer());
        case Inflow.Taken.Cancelled() -> throw Failures.closed(call);
        case Inflow.Taken.Nothing() -> {}
      }
    } catch (StatusRuntimeException e) {
      throw endedBy(failures.of(e, call, 0));
    } catch (IllegalArgumentException e) {
      throw endedBy(failures.notUnderstood(call, e));
    }
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

  /// One way of waiting.
  private interface Waiting {
    Inflow.Taken<Wire.SubscribeResponse> await() throws InterruptedException;
  }
}
