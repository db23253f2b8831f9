// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Notices changes of users, rights and settings, whoever made them and on whatever way.
///
/// It is a place in the log, behind which nothing was looked at. Whoever relies on what is
/// remembered takes the changes first ([#take]): that costs the reading of one number if nothing
/// was recorded since, and else a look at the names of the streams of what was.
final class Changes implements AutoCloseable {

  private final EventStore store;
  private final Subscription subscription;
  private final List<Consumer<StreamName>> told = new ArrayList<>();

  /// Everything up to this position was looked at.
  private volatile long seen = -1;

  private long count;

  Changes(EventStore store) {
    this.store = store;
    this.subscription =
        store.subscribeToAll(
            SubscribeOptions.fromEnd()
                .filteredBy(
                    EventFilter.streamPrefix("$$", User.STREAM_PREFIX, Streams.SETTINGS.value())));
  }

  /// Tells of each stream that has changed: by its events or by its metadata.
  synchronized void tell(Consumer<StreamName> listener) {
    told.add(listener);
  }

  /// Looks at whatever was recorded since.
  void take() {
    long last = store.lastPosition().orElse(-1L);
    if (last > seen) {
      takeUntil(last);
    }
  }

  private synchronized void takeUntil(long last) {
    if (last <= seen) {
      return;
    }
    // A subscription is not asked by a thread that is interrupted; this one goes on.
    var interrupted = Thread.interrupted();
    try {
      var message = subscription.poll(Duration.ZERO);
      while (message.isPresent()) {
        if (message.get() instanceof SubscriptionMessage.Event(var event)) {
          changed(event.original().stream());
        }
        message = subscription.poll(Duration.ZERO);
      }
      seen = last;
    } catch (InterruptedException e) {
      interrupted = true; // not seen: the next one looks
      count++;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void changed(StreamName stream) {
    count++;
    var named = stream.isMetastream() ? stream.original() : stream;
    told.forEach(listener -> listener.accept(named));
  }

  /// How many changes there were.
  synchronized long count() {
    return count;
  }

  /// Does something, unless there were changes since.
  synchronized void ifUnchanged(long countBefore, Runnable work) {
    if (count == countBefore) {
      work.run();
    }
  }

  @Override
  public void close() {
    subscription.close();
  }
}
