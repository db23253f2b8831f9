// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What all connections together hold of the server. Each has a [Share] of it.
final class Budget {

  final EdgeLimits limits;
  final Refusals refusals;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger pages = new AtomicInteger();
  private final AtomicLong requestBytes = new AtomicLong();
  private final AtomicLong answerBytes = new AtomicLong();

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

  /// Counts more bytes of answers, or fewer.
  void addAnswers(long more) {
    var all = answerBytes.addAndGet(more);
    if (more < 0 && all < limits.answerBytesMax()) {
      for (var share = waiting.poll(); share != null; share = waiting.poll()) {
        share.wakeSoon();
      }
    }
  }

  /// Wakes a connection as soon as all together hold less. It says so first and looks then: between
  /// the two somebody may have made room.
  void awaitRoom(Share share) {
    waiting.add(share);
    if (answerBytes() < limits.answerBytesMax() && waiting.remove(share)) {
      share.wakeSoon();
    }
  }

  void forget(Share share) {
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
}
