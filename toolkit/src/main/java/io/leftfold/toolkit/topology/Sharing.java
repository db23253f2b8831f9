// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import io.leftfold.api.LeftfoldException;
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

  private Sharing(
      List<Member> members, Function<Member, Lease> lease, Duration length, ThreadFactory threads) {
    members.forEach(member -> leases.put(member, lease.apply(member)));
    betweenLooks = length.dividedBy(LOOKS_PER_LEASE);
    thread = threads.newThread(this::look);
  }

  static Sharing start(
      List<Member> members, Function<Member, Lease> lease, Duration length, ThreadFactory threads) {
    var sharing = new Sharing(members, lease, length, threads);
    sharing.thread.start();
    return sharing;
  }

  private void look() {
    try {
      do {
        leases.forEach(Sharing::look);
      } while (!closing.await(betweenLooks.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    leases.forEach(Sharing::giveBack);
  }

  private static void look(Member member, Lease lease) {
    try {
      var isHeld = lease.holdOrTake();
      if (isHeld && !member.isRunning()) {
        member.start();
      } else if (!isHeld && member.isRunning()) {
        member.stop();
      }
    } catch (LeftfoldException e) {
      // Nobody else hears of the store either, or will be found out to have taken it.
      LOGGER.log(
          System.Logger.Level.WARNING,
          "The lease of %s could not be looked at: %s".formatted(member.name(), e.getMessage()));
    }
  }

  private static void giveBack(Member member, Lease lease) {
    member.close();
    try {
      lease.give();
    } catch (LeftfoldException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "The lease of %s could not be given back, and ends by itself: %s"
              .formatted(member.name(), e.getMessage()));
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
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
