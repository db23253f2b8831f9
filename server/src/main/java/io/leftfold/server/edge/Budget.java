// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What all connections together hold of the server. Each has a [Share] of it.
final class Budget {

  /// How much more than they may, as a part of it, requests take while others give way.
  private static final int PART_FOR_GIVING_WAY = 8;

  final EdgeLimits limits;
  final Refusals refusals;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger pages = new AtomicInteger();
  private final AtomicLong requestBytes = new AtomicLong();
  private final AtomicLong answerBytes = new AtomicLong();
  private final AtomicLong unlimitedBytes = new AtomicLong();
  private final AtomicInteger answering = new AtomicInteger();

  /// How many there were, at most, since connections that wait were woken.
  private final AtomicInteger answeringMost = new AtomicInteger();

  /// Of the open connections.
  private final Set<Share> shares = ConcurrentHashMap.newKeySet();

  /// Connections whose calls wait because all together hold too much.
  private final ConcurrentLinkedQueue<Share> waiting = new ConcurrentLinkedQueue<>();

  Budget(EdgeLimits limits, Refusals refusals) {
    this.limits = limits;
    this.refusals = refusals;
  }

  /// Counts a call that is about to be opened.
  ///
  /// @return false if there are too many: it is not counted then
  boolean openCall() {
    return open(calls, limits.callsMax());
  }

  void closeCall() {
    calls.decrementAndGet();
  }

  boolean openPage() {
    return open(pages, limits.pagesMax());
  }

  void closePage() {
    pages.decrementAndGet();
  }

  private static boolean open(AtomicInteger count, int max) {
    if (count.incrementAndGet() <= max) {
      return true;
    }
    count.decrementAndGet();
    return false;
  }

  /// Counts more bytes of requests, or fewer.
  ///
  /// @return all of them
  long addRequests(long more) {
    return requestBytes.addAndGet(more);
  }

  /// Has the connection that holds most of the requests let go of some, for all together are beyond
  /// the bound.
  ///
  /// @param all how much they hold
  /// @return whether another one has to; until it has, there may be somewhat more than the bound
  boolean othersGiveWay(Share asking, long all) {
    if (all - limits.requestBytesMax() > limits.requestBytesMax() / PART_FOR_GIVING_WAY) {
      return false;
    }
    var most = asking;
    for (var share : shares) {
      if (share.requestBytes() > most.requestBytes()) {
        most = share;
      }
    }
    if (most == asking) {
      return false;
    }
    most.giveWaySoon();
    return true;
  }

  /// Counts more bytes, or fewer, that wait for sockets although no window limits them.
  ///
  /// @return all of them
  long addUnlimited(long more) {
    return unlimitedBytes.addAndGet(more);
  }

  /// Counts a connection more, or fewer, that has answers in flight. When half of them are through,
  /// the others' parts are twice as large.
  void answering(int more) {
    var now = answering.addAndGet(more);
    var most = answeringMost.get();
    if (more < 0 && 2 * now <= most && answeringMost.compareAndSet(most, now)) {
      wakeWaiting();
    }
  }

  /// The part of a connection, of those that have answers in flight.
  long answerBytesOfEach() {
    return Math.min(
        limits.answerBytesPerConnectionMax(),
        limits.answerBytesMax() / Math.max(1, answering.get()));
  }

  /// How answers stand to what there may be of them.
  enum Crowding {
    /// There are less.
    NONE,
    /// There are more.
    SOME,
    /// There are twice as many.
    TOO_MUCH
  }

  /// How it is now.
  Crowding crowding() {
    return crowding(answerBytes.get());
  }

  private Crowding crowding(long all) {
    if (all < limits.answerBytesMax()) {
      return Crowding.NONE;
    }
    return all < 2 * limits.answerBytesMax() ? Crowding.SOME : Crowding.TOO_MUCH;
  }

  /// Counts more bytes of answers, or fewer.
  void addAnswers(long more) {
    var all = answerBytes.addAndGet(more);
    if (more < 0 && crowding(all) != crowding(all - more)) {
      wakeWaiting();
    }
  }

  private void wakeWaiting() {
    for (var share = waiting.poll(); share != null; share = waiting.poll()) {
      share.wakeSoon();
    }
  }

  /// Wakes a connection as soon as others hold less. It has to look itself afterwards whether that
  /// is so already.
  void awaitRoom(Share share) {
    waiting.add(share);
    answeringMost.accumulateAndGet(answering.get(), Math::max);
  }

  void know(Share share) {
    shares.add(share);
  }

  void forget(Share share) {
    shares.remove(share);
    waiting.remove(share);
  }

  int calls() {
    return calls.get();
  }

  int pages() {
    return pages.get();
  }

  long requestBytes() {
    return requestBytes.get();
  }

  long answerBytes() {
    return answerBytes.get();
  }

  long unlimitedBytes() {
    return unlimitedBytes.get();
  }
}
