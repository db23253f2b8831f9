// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.EventStore;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Reads the source of a group on a thread of its own, never more than it was asked for.
final class ReadAhead implements Runnable {

  private static final int CHECKPOINT_EVENTS = 1_000;
  private static final int BATCH_MAX = 256;

  private final EventStore store;
  private final GroupDefinition definition;
  private final long after;
  private final Taker taker;
  private final Semaphore asked = new Semaphore(0);
  private volatile boolean stopped;
  private volatile Optional<Subscription> open = Optional.empty();

  /// Who takes what was read, on the reading thread.
  interface Taker {
    void read(ReadAhead from, List<Read> batch);

    /// Reading has ended, though nobody stopped it.
    void failed(ReadAhead from, RuntimeException reason);
  }

  /// What was read.
  sealed interface Read {
    /// An event for the group.
    record Event(ResolvedEvent event, long place) implements Read {}

    /// Up to here there was nothing else for it.
    ///
    /// @param events of how many that is progress
    record PassedOver(long place, long events) implements Read {}

    /// What comes now is new, or is not.
    record Live(boolean isLive) implements Read {}
  }

  /// @param after the last place that was read before; −1 for none
  ReadAhead(EventStore store, GroupDefinition definition, long after, Taker taker) {
    this.store = store;
    this.definition = definition;
    this.after = after;
    this.taker = taker;
  }

  /// Asks for more.
  void ask(int events) {
    asked.release(events);
  }

  void stop() {
    stopped = true;
    open.ifPresent(Subscription::close);
    asked.release();
  }

  @Override
  public void run() {
    try (var subscription = subscribe()) {
      open = Optional.of(subscription);
      pump(subscription);
    } catch (RuntimeException e) {
      if (!stopped) {
        taker.failed(this, e);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Subscription subscribe() {
    var start = after < 0 ? SubscribeOptions.fromBeginning() : SubscribeOptions.after(after);
    var options = definition.settings().resolveLinks() ? start.resolvingLinks() : start;
    return switch (definition.id().source()) {
      case GroupSource.OfStream(var stream) -> store.subscribe(stream, options);
      case GroupSource.OfAll() ->
          store.subscribeToAll(
              definition.isFiltered()
                  ? options.filteredBy(definition.filter()).checkpointEvery(CHECKPOINT_EVENTS)
                  : options);
    };
  }

  private void pump(Subscription subscription) throws InterruptedException {
    var held = 0;
    while (!stopped) {
      if (held == 0) {
        asked.acquireUninterruptibly();
        held = 1;
      }
      held += asked.drainPermits();
      var batch = new ArrayList<Read>();
      var message =
          stopped ? Optional.<SubscriptionMessage>empty() : Optional.of(subscription.next());
      while (message.isPresent()) {
        var read = of(message.get());
        batch.add(read);
        held -= read instanceof Read.Event ? 1 : 0;
        // Behind a checkpoint there may be a long search before the next message.
        var goesOn = held > 0 && batch.size() < BATCH_MAX && !(read instanceof Read.PassedOver);
        message = goesOn ? subscription.poll(Duration.ZERO) : Optional.empty();
      }
      taker.read(this, batch);
    }
  }

  private Read of(SubscriptionMessage message) {
    return switch (message) {
      case SubscriptionMessage.Event(var event) -> event(event);
      case SubscriptionMessage.Checkpoint(var position) ->
          new Read.PassedOver(position, CHECKPOINT_EVENTS);
      case SubscriptionMessage.CaughtUp(_, _) -> new Read.Live(true);
      case SubscriptionMessage.FellBehind(_, _) -> new Read.Live(false);
    };
  }

  private Read event(ResolvedEvent event) {
    var original = event.original();
    return switch (definition.id().source()) {
      case GroupSource.OfStream _ -> new Read.Event(event, original.revision());
      case GroupSource.OfAll() ->
          GroupId.ofGroupOnAll(original.stream())
              ? new Read.PassedOver(original.position(), 0)
              : new Read.Event(event, original.position());
    };
  }
}
