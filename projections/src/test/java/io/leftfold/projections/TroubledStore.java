// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.UnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/// A store that fails when it is told to.
final class TroubledStore extends ForwardingEventStore {

  /// What is thrown before a commit is written, and after.
  volatile Function<Commit, Optional<LeftfoldException>> before = _ -> Optional.empty();

  volatile Function<Commit, Optional<LeftfoldException>> after = _ -> Optional.empty();

  /// What is thrown when everything is read.
  volatile Optional<LeftfoldException> readFailure = Optional.empty();

  /// Is told of each stream before it is deleted.
  volatile Consumer<StreamName> beforeDeletion = _ -> {};

  /// Whether subscriptions never say anything any more.
  volatile boolean isSilent;

  final AtomicInteger refused = new AtomicInteger();
  final AtomicInteger subscriptions = new AtomicInteger();
  final AtomicInteger waiting = new AtomicInteger();

  TroubledStore(EventStore store) {
    super(store);
  }

  static LeftfoldException unreachable() {
    return new UnavailableException(
        UnavailableException.Reason.UNREACHABLE, "Nobody knows whether it was done");
  }

  static boolean writesTo(Commit commit, String stream) {
    return commit.parts().stream().anyMatch(part -> part.stream().equals(StreamName.of(stream)));
  }

  @Override
  public long delete(StreamName stream, ExpectedState expected) {
    beforeDeletion.accept(stream);
    return super.delete(stream, expected);
  }

  private void fail(Optional<LeftfoldException> failure) {
    failure.ifPresent(thrown -> {
      refused.incrementAndGet();
      throw thrown;
    });
  }

  @Override
  public AppendResult append(Commit commit) {
    fail(before.apply(commit));
    var result = super.append(commit);
    fail(after.apply(commit));
    return result;
  }

  @Override
  public EventRead readAll(ReadOptions options) {
    fail(readFailure);
    return super.readAll(options);
  }

  @Override
  public Subscription subscribeToAll(SubscribeOptions options) {
    subscriptions.incrementAndGet();
    return new Silenced(super.subscribeToAll(options));
  }

  private final class Silenced implements Subscription {
    private final Subscription subscription;

    Silenced(Subscription subscription) {
      this.subscription = subscription;
    }

    @Override
    public SubscriptionMessage next() throws InterruptedException {
      waiting.incrementAndGet();
      try {
        var message = subscription.next();
        while (isSilent) {
          message = subscription.next();
        }
        return message;
      } finally {
        waiting.decrementAndGet();
      }
    }

    @Override
    public Optional<SubscriptionMessage> poll(Duration atMost) throws InterruptedException {
      return subscription.poll(atMost);
    }

    @Override
    public void close() {
      subscription.close();
    }
  }
}
