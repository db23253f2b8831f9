// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import io.leftfold.api.EventStore;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.UnavailableException;
import io.leftfold.projections.EventSelection;
import io.leftfold.projections.EventSelectionException;
import io.leftfold.projections.ProjectionRuntime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The work of one index that is started: follows everything, asks the scripts, and adds what they
/// want. On a thread of its own, which ends when the subscription does.
final class Indexing implements Runnable {

  private static final System.Logger LOGGER = System.getLogger(Indexing.class.getName());

  /// How often the place moves on where nothing is of interest.
  private static final int CHECKPOINT_EVERY = 1_000;

  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(500);

  private final EventStore store;
  private final IndexDefinition definition;
  private final Entries entries;
  private final ProjectionRuntime runtime;
  private final IndexLimits limits;
  private final Consumer<String> failed;
  private final AtomicLong found = new AtomicLong();
  private final AtomicLong notJudged = new AtomicLong();
  private final CountDownLatch over = new CountDownLatch(1);
  private @Nullable Subscription subscription;
  private boolean ended;

  /// How often in a row the store refused something without anything that went well in between.
  private long refused;

  /// @param failed told why it cannot go on, on its thread
  Indexing(
      EventStore store,
      IndexDefinition definition,
      Entries entries,
      ProjectionRuntime runtime,
      IndexLimits limits,
      Consumer<String> failed) {
    this.store = store;
    this.definition = definition;
    this.entries = entries;
    this.runtime = runtime;
    this.limits = limits;
    this.failed = failed;
  }

  long found() {
    return found.get();
  }

  long notJudged() {
    return notJudged.get();
  }

  /// Ends it, from any thread. It is over when its thread is.
  void end() {
    Subscription open;
    synchronized (this) {
      ended = true;
      open = subscription;
    }
    over.countDown();
    if (open != null) {
      open.close();
    }
  }

  private synchronized boolean isEnded() {
    return ended;
  }

  @Override
  public void run() {
    try (var selection =
        runtime.select(definition.filter(), definition.selectors(), limits.scripts())) {
      while (!isEnded()) {
        followUntilRefused(selection);
      }
    } catch (EventSelectionException e) {
      fail(words(e));
    } catch (InterruptedException e) {
      fail("its thread was interrupted");
    } catch (RuntimeException | Error e) {
      if (!isEnded()) {
        LOGGER.log(System.Logger.Level.ERROR, "Index %s failed".formatted(definition.name()), e);
        fail(String.valueOf(e.getMessage()));
      }
    }
  }

  /// A store that is busy, or whose disk is full, may take a page later: that is no fault of the
  /// index, which goes on from what it has in memory.
  private void followUntilRefused(EventSelection selection) throws InterruptedException {
    var before = entries.through();
    try {
      follow(selection);
    } catch (UnavailableException e) {
      if (e.reason() == UnavailableException.Reason.CLOSED) {
        end();
        return;
      }
      refused = entries.through() > before ? 1 : refused + 1;
      if (isPowerOfTen(refused)) {
        LOGGER.log(
            System.Logger.Level.WARNING,
            "Index {0} waits for the store, which did not take or give something: {1}",
            definition.name(),
            e.getMessage());
      }
      pause();
    }
  }

  private void pause() throws InterruptedException {
    var _ = over.await(BETWEEN_ATTEMPTS.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void fail(String reason) {
    if (!isEnded()) {
      failed.accept(reason);
    }
  }

  private static String words(EventSelectionException e) {
    return e.selector().map("field %s: "::formatted).orElse("") + e.getMessage();
  }

  private void follow(EventSelection selection) throws InterruptedException {
    try (var opened = open()) {
      while (!isEnded()) {
        switch (opened.next()) {
          case SubscriptionMessage.Event(var resolved) -> take(selection, resolved.original());
          case SubscriptionMessage.Checkpoint(var position) ->
              entries.advance(position + 1, entries.sequence(), Optional.empty());
          case SubscriptionMessage.CaughtUp _ -> entries.setCurrent(true);
          case SubscriptionMessage.FellBehind _ -> entries.setCurrent(false);
        }
      }
    }
  }

  private Subscription open() {
    var from = entries.through();
    var start = from == 0 ? SubscribeOptions.fromBeginning() : SubscribeOptions.after(from - 1);
    var opened = store.subscribeToAll(start.checkpointEvery(CHECKPOINT_EVERY));
    synchronized (this) {
      subscription = opened;
    }
    return opened;
  }

  private void take(EventSelection selection, RecordedEvent event) {
    var behind = event.position() + 1;
    if (event.stream().isSystem() || event.type().startsWith("$")) {
      entries.advance(behind, entries.sequence(), Optional.empty());
      return;
    }
    var sequence = entries.sequence() + 1;
    switch (selection.select(event, sequence)) {
      case EventSelection.Outcome.Wanted(var values) -> {
        found.incrementAndGet();
        entries.advance(behind, sequence, Optional.of(values));
      }
      case EventSelection.Outcome.NotWanted() ->
          entries.advance(behind, sequence, Optional.empty());
      case EventSelection.Outcome.Failed(var why) -> {
        tell(event, why);
        entries.advance(behind, sequence, Optional.empty());
      }
    }
  }

  private void tell(RecordedEvent event, String why) {
    var count = notJudged.incrementAndGet();
    if (isPowerOfTen(count)) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "Index {0} leaves out {1} {2}@{3} (position {4}): {5}. It is the {6}. that cannot be judged since the index was started",
          definition.name(),
          event.type(),
          Long.toString(event.revision()),
          event.stream(),
          Long.toString(event.position()),
          why,
          Long.toString(count));
    }
  }

  private static boolean isPowerOfTen(long count) {
    var rest = count;
    while (rest >= 10 && rest % 10 == 0) {
      rest /= 10;
    }
    return rest == 1;
  }
}
