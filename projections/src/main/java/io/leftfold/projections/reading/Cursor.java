// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections.reading;

import io.leftfold.api.EventStore;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.UnavailableException;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// A place in the answer to a question.
///
/// Reads in rounds: a round ends where the store ended when it began, so that what comes of several
/// streams is merged by position without waiting for any of them. Of one thread, but for [#close].
public final class Cursor implements AutoCloseable {

  private final EventStore store;
  private final Question question;
  private long through;
  private long end;
  private @Nullable Round round;
  private volatile @Nullable Subscription waiting;
  private volatile boolean isToLook;
  private volatile boolean closed;

  /// @param store the store
  /// @param question what to read
  /// @param after the last position that is not given; −1 to begin at the first
  public Cursor(EventStore store, Question question, long after) {
    this.store = store;
    this.question = question;
    this.through = after;
  }

  /// Reads on. Does not wait.
  ///
  /// @param max how many events at most
  /// @param bytesMax with how many bytes together, and one event at least
  /// @return what is there
  public Batch next(int max, long bytesMax) {
    var events = new ArrayList<ResolvedEvent>(Math.min(max, 256));
    var bytes = 0L;
    if (round == null) {
      end = store.lastPosition().orElse(-1L) + 1;
      if (end <= through + 1) {
        return new Batch(events, through, 0, true);
      }
      round = Round.open(store, question, through + 1, end);
    }
    while (events.size() < max && bytes < bytesMax) {
      var next = round.next();
      if (next == null) {
        closeRound();
        through = end - 1;
        return new Batch(events, through, bytes, true);
      }
      var original = next.original();
      through = original.position();
      events.add(next);
      bytes += next.event().map(event -> (long) event.data().length).orElse(0L) + 100;
    }
    return new Batch(events, through, bytes, false);
  }

  /// How far this has come.
  ///
  /// @return the last position looked at
  public long through() {
    return through;
  }

  /// Waits until there may be more, or somebody wants it to look.
  ///
  /// @throws InterruptedException if the waiting thread was interrupted
  public void await() throws InterruptedException {
    var options = through < 0 ? SubscribeOptions.fromBeginning() : SubscribeOptions.after(through);
    try (var subscription = store.subscribeToAll(options.filteredBy(question.news()))) {
      waiting = subscription;
      while (!closed && !isToLook && !(subscription.next() instanceof SubscriptionMessage.Event)) {
        // Only an event is news.
      }
    } catch (StreamTombstonedException _) {
      // Nothing but a stream's own subscription says so.
    } catch (UnavailableException e) {
      if (!isToLook || closed) {
        throw e;
      }
    } finally {
      waiting = null;
      isToLook = false;
    }
  }

  private void closeRound() {
    if (round != null) {
      round.close();
      round = null;
    }
  }

  /// Ends a wait in another thread, or the next one, though nothing that was asked for has come:
  /// for who wants to know that everything up to a later position was looked at.
  public void look() {
    isToLook = true;
    interruptWait();
  }

  /// Ends a wait in another thread, and lets none begin.
  public void wake() {
    closed = true;
    interruptWait();
  }

  private void interruptWait() {
    var subscription = waiting;
    if (subscription != null) {
      subscription.close();
    }
  }

  /// Releases what the reader holds; by the thread that reads.
  @Override
  public void close() {
    wake();
    closeRound();
  }
}
