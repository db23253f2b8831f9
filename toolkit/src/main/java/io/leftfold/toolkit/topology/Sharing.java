// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Lets those members run in the background whose lease this process holds. One thread looks after
/// the leases, and begins and ends members.
final class Sharing implements Driver {

  private static final System.Logger LOGGER = System.getLogger(Sharing.class.getName());
  private static final int LOOKS_PER_LEASE = 3;

  private final Map<Member, Lease> leases = new LinkedHashMap<>();
  private final Duration betweenLooks;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  Sharing(
      List<Member> members, Function<Member, Lease> lease, Duration length, ThreadFactory threads) {
    members.forEach(member -> leases.put(member, lease.apply(member)));
    betweenLooks = length.dividedBy(LOOKS_PER_LEASE);
    thread = threads.newThread(this::look);
  }

  @Override
  public void start() {
    thread.start();
  }

  private void look() {
    try {
      do {
        takeOrKeep();
      } while (!closing.await(betweenLooks.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      leases.forEach(Sharing::giveBack);
    }
  }

  /// Keeps all leases that are held, and takes one at most, so that others who begin at the same
  /// time have their share.
  private void takeOrKeep() {
    var mayTake = true;
    for (var entry : leases.entrySet()) {
      try {
        mayTake &= !look(entry.getKey(), entry.getValue(), mayTake);
      } catch (RuntimeException e) {
        LOGGER.log(
            System.Logger.Level.WARNING,
            "The lease of %s could not be looked at, or what runs under it not be begun or ended"
                .formatted(entry.getKey().name()),
            e);
      }
    }
  }

  /// @return whether it was taken
  private static boolean look(Member member, Lease lease, boolean mayTake) {
    var wasHeld = lease.isHeld();
    if (wasHeld && member.isRunning() && member.hasEnded()) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "{0} has ended by itself ({1}); it is given to whoever is next",
          member.name(),
          member.status().failure().map(Throwable::getMessage).orElse("without a reason"));
      member.stop();
      lease.give();
      return false;
    }
    var isHeld = wasHeld ? lease.hold() : mayTake && lease.take();
    if (isHeld && !member.isRunning()) {
      member.start();
    } else if (!isHeld && member.isRunning()) {
      member.stop();
    }
    return isHeld && !wasHeld;
  }

  private static void giveBack(Member member, Lease lease) {
    try {
      member.close();
      lease.give();
    } catch (RuntimeException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "The lease of %s could not be given back, and ends by itself".formatted(member.name()),
          e);
    }
  }

  @Override
  public List<Member> members() {
    return List.copyOf(leases.keySet());
  }

  @Override
  public void appended(long position) {
    // Nobody waits.
  }

  @Override
  public void drain() {
    throw new IllegalStateException("This topology runs in the background, and is not drained");
  }

  @Override
  public void close() {
    closing.countDown();
    if (thread.getState() == Thread.State.NEW) {
      leases.keySet().forEach(Member::close);
    }
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
