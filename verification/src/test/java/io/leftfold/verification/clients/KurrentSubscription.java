// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import io.kurrent.dbclient.Checkpointer;
import io.kurrent.dbclient.Position;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.SubscriptionListener;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.StreamName;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.UnavailableException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A subscription of the official Java client, which pushes, dressed as one that is polled.
final class KurrentSubscription implements Subscription {

  private final StreamName stream;
  private final boolean ofAll;
  private final Consumer<KurrentSubscription> onClose;
  private final LinkedBlockingQueue<Said> said = new LinkedBlockingQueue<>();
  private volatile io.kurrent.dbclient.@Nullable Subscription begun;

  KurrentSubscription(StreamName stream, boolean ofAll, Consumer<KurrentSubscription> onClose) {
    this.stream = stream;
    this.ofAll = ofAll;
    this.onClose = onClose;
  }

  /// What the listener heard.
  private sealed interface Said {
    /// A message.
    record Message(SubscriptionMessage message) implements Said {}

    /// No more messages. Stays at the head of the queue.
    record End(RuntimeException reason) implements Said {}
  }

  StreamName stream() {
    return stream;
  }

  void begun(io.kurrent.dbclient.Subscription begun) {
    this.begun = begun;
  }

  SubscriptionListener listener() {
    return new SubscriptionListener() {
      @Override
      public void onEvent(io.kurrent.dbclient.Subscription subscription, ResolvedEvent event) {
        say(new SubscriptionMessage.Event(KurrentEventStore.fromWire(event)));
      }

      @Override
      public void onCaughtUp(
          io.kurrent.dbclient.Subscription subscription,
          Instant at,
          @Nullable Long revision,
          @Nullable Position position) {
        say(new SubscriptionMessage.CaughtUp(at, last(revision, position)));
      }

      @Override
      public void onFellBehind(
          io.kurrent.dbclient.Subscription subscription,
          Instant at,
          @Nullable Long revision,
          @Nullable Position position) {
        say(new SubscriptionMessage.FellBehind(at, last(revision, position)));
      }

      @Override
      public void onCancelled(
          io.kurrent.dbclient.Subscription subscription, @Nullable Throwable failure) {
        said.add(
            new Said.End(
                failure == null
                    ? closed()
                    : KurrentEventStore.failure(stream, ExpectedState.any(), failure)));
      }
    };
  }

  private OptionalLong last(@Nullable Long revision, @Nullable Position position) {
    if (ofAll) {
      return position == null
          ? OptionalLong.empty()
          : OptionalLong.of(position.getCommitUnsigned());
    }
    return revision == null ? OptionalLong.empty() : OptionalLong.of(revision);
  }

  Checkpointer checkpointer() {
    return (_, position) -> {
      say(new SubscriptionMessage.Checkpoint(position.getCommitUnsigned()));
      return CompletableFuture.allOf();
    };
  }

  private void say(SubscriptionMessage message) {
    said.add(new Said.Message(message));
  }

  @Override
  public SubscriptionMessage next() throws InterruptedException {
    return message(said.take());
  }

  @Override
  public Optional<SubscriptionMessage> poll(Duration atMost) throws InterruptedException {
    var nanos = TimeUnit.NANOSECONDS.convert(atMost);
    return Optional.ofNullable(said.poll(nanos, TimeUnit.NANOSECONDS)).map(this::message);
  }

  private SubscriptionMessage message(Said heard) {
    return switch (heard) {
      case Said.Message(var message) -> message;
      case Said.End(var reason) -> {
        said.add(heard);
        throw reason;
      }
    };
  }

  private static UnavailableException closed() {
    return new UnavailableException(Reason.CLOSED, "The subscription is closed");
  }

  @Override
  public void close() {
    onClose.accept(this);
    var subscription = begun;
    if (subscription != null) {
      subscription.stop();
    }
    said.clear();
    said.add(new Said.End(closed()));
  }
}
