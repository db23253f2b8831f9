// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.groups;

import io.leftfold.api.ResolvedEvent;
import io.leftfold.server.group.GroupConsumer;
import io.leftfold.server.group.NackAction;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/// All of HTTP as one consumer of a group. It is given as many events as requests ask for, and no
/// more: what is not acked in time goes to whoever asks next, be it over HTTP or not.
final class HttpConsumer implements GroupConsumer {

  /// How long a request waits for the first event that is not at hand.
  private static final Duration PATIENCE = Duration.ofMillis(250);

  private static final Duration JOINING = Duration.ofSeconds(5);
  private static final Identity IDENTITY = new Identity("", "", "HTTP");

  /// An event that was given.
  ///
  /// @param event as it was read
  /// @param retryCount how often it was given before
  record Given(ResolvedEvent event, int retryCount) {}

  private final CompletableFuture<Connection> connection = new CompletableFuture<>();
  private final ArrayDeque<Given> given = new ArrayDeque<>();
  private final Semaphore news = new Semaphore(0);

  /// Of those who ask, one at a time.
  private final ReentrantLock asking = new ReentrantLock();

  private volatile Optional<RuntimeException> end = Optional.empty();

  /// Whether the group has done with it.
  boolean isOver() {
    return end.isPresent();
  }

  /// Takes what there is. Waits a moment if that is nothing.
  ///
  /// @param count how many events at most
  List<Given> take(int count) {
    asking.lock();
    try {
      var to = connected();
      var taken = new ArrayList<Given>(count);
      takeGiven(taken, count);
      if (taken.size() < count) {
        var _ = news.drainPermits();
        to.wanting(count - taken.size());
        var _ = news.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        to.wanting(0);
        takeGiven(taken, count);
      }
      if (taken.isEmpty() && end.isPresent()) {
        throw end.get();
      }
      return taken;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ArrayList<>();
    } finally {
      asking.unlock();
    }
  }

  private void takeGiven(List<Given> taken, int count) {
    synchronized (given) {
      while (taken.size() < count && !given.isEmpty()) {
        taken.add(given.remove());
      }
    }
  }

  private Connection connected() throws InterruptedException {
    try {
      return connection.get(JOINING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("The group did not answer within " + JOINING, e);
    }
  }

  void ack(List<UUID> ids) {
    var _ = connection.thenAccept(to -> to.ack(ids, () -> {}));
  }

  void nack(List<UUID> ids, NackAction action) {
    var _ = connection.thenAccept(to -> to.nack(ids, action, "Nacked from HTTP", () -> {}));
  }

  // ---- what the group says, on its thread

  @Override
  public void connected(Connection answers) {
    answers.wanting(0);
    connection.complete(answers);
  }

  @Override
  public void deliver(ResolvedEvent event, int retryCount) {
    synchronized (given) {
      given.add(new Given(event, retryCount));
    }
  }

  @Override
  public void flush() {
    news.release();
  }

  @Override
  public void dropped(RuntimeException reason) {
    end = Optional.of(reason);
    connection.completeExceptionally(reason);
    news.release();
  }

  @Override
  public Identity identity() {
    return IDENTITY;
  }
}
