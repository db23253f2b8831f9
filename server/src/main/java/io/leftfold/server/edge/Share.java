// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// What one connection holds of the [Budget]. Owned by the connection's event loop.
///
/// **Requests** are refused beyond the bound: a call that is paused half-way would keep what it
/// has. When all together are beyond theirs, the connection that holds most is told to let go of a
/// call, and who asked goes on; unless that is the one that asked, or others take too long.
///
/// **Answers** wait. The connections that have answers in flight divide what there may be of them
/// evenly; none has more than its own bound. A call may send while its connection is below its
/// part. So that calls whose peer takes nothing do not hold up the others, one that has nothing in
/// flight may send although its connection is above, up to twice its part, while all together have
/// less than there may be. Beyond twice of that, only who has nothing in flight may send, a
/// message. Calls that wait are woken in the order in which they came.
final class Share {

  /// So much the transport lets windowed bytes wait for the socket, and somewhat more.
  private static final int QUEUED_BYTES_OF_DATA = 128 * 1024;

  /// How many times a connection's part may wait to be taken before calls are refused: more than
  /// streams ever send.
  private static final int UNTAKEN_TIMES_MAX = 4;

  private final Budget budget;
  private final ArrayDeque<Conversation> waiting = new ArrayDeque<>();

  /// Calls of whose requests something is held.
  private final Set<Conversation> holding = new HashSet<>();

  private final AtomicBoolean givingWay = new AtomicBoolean();
  private @Nullable Loop loop;

  /// Written by the event loop, looked at by others.
  private volatile long requestBytes;

  private long answerBytes;
  private long unlimitedBytes;
  private boolean waking;
  private int toWake;
  private boolean waitsForOthers;
  private boolean closed;

  Share(Budget budget) {
    this.budget = budget;
  }

  /// Says on which loop it is.
  void on(Loop loop) {
    this.loop = loop;
  }

  /// Counts more bytes of requests, or fewer.
  ///
  /// @return what to say if it is too much; counted they are all the same
  Optional<String> addRequests(long more) {
    if (closed) {
      return Optional.empty();
    }
    var own = requestBytes + more;
    requestBytes = own;
    var all = budget.addRequests(more);
    if (more <= 0) {
      return Optional.empty();
    }
    var limits = budget.limits;
    if (own > limits.requestBytesPerConnectionMax()) {
      return tooMuch(
          Shortage.CONNECTION_REQUESTS,
          "The requests of this connection that are not answered yet take %d bytes, and may take %d; send less at a time"
              .formatted(own, limits.requestBytesPerConnectionMax()));
    }
    return all <= limits.requestBytesMax() || budget.othersGiveWay(this, all)
        ? Optional.empty()
        : tooMuch(Shortage.REQUESTS, crowded(all));
  }

  /// A call begins to hold something of its request.
  void holds(Conversation call) {
    holding.add(call);
  }

  /// A call holds nothing any more.
  void holdsNothing(Conversation call) {
    holding.remove(call);
  }

  private String crowded(long all) {
    return "The server holds %d bytes of requests that are not answered yet, and may hold %d; try again later"
        .formatted(all, budget.limits.requestBytesMax());
  }

  /// What it holds of requests. Called by any thread.
  long requestBytes() {
    return requestBytes;
  }

  /// Has a call let go of what it holds, if it is still necessary by then. Called by any thread.
  void giveWaySoon() {
    var owner = loop;
    if (owner != null && givingWay.compareAndSet(false, true)) {
      owner.execute(() -> {
        givingWay.set(false);
        giveWay();
      });
    }
  }

  /// Ends the call that holds most of what can be let go of.
  private void giveWay() {
    var all = budget.requestBytes();
    if (all <= budget.limits.requestBytesMax()) {
      return;
    }
    holding.stream()
        .filter(call -> call.dispensableBytes() > 0)
        .max(Comparator.comparingLong(Conversation::dispensableBytes))
        .ifPresent(call -> tooMuch(Shortage.REQUESTS, crowded(all)).ifPresent(call::giveWay));
  }

  private Optional<String> tooMuch(Shortage shortage, String why) {
    budget.refusals.refused(shortage, why);
    return Optional.of("Server Is Too Busy: " + why);
  }

  /// Counts more bytes of answers, or fewer.
  void addAnswers(long more) {
    if (closed) {
      return;
    }
    var had = answerBytes > 0;
    answerBytes += more;
    budget.addAnswers(more);
    if (had != (answerBytes > 0)) {
      budget.answering(had ? -1 : 1);
    }
    if (more < 0 && !waiting.isEmpty()) {
      wakeLater();
    }
  }

  /// Whether another call may be answered: answers of one message are sent whenever they are ready,
  /// and somebody has to take them.
  ///
  /// @return what to say if not
  Optional<String> refusesCalls() {
    var part =
        budget.crowding() == Budget.Crowding.TOO_MUCH
            ? budget.answerBytesOfEach()
            : budget.limits.answerBytesPerConnectionMax();
    return answerBytes > UNTAKEN_TIMES_MAX * part
        ? tooMuch(
            Shortage.ANSWERS,
            "%d bytes of answers wait to be taken by this connection; take them before asking for more"
                .formatted(answerBytes))
        : Optional.empty();
  }

  /// Counts what waits for the socket although no window of HTTP/2 limits it: heads and ends of
  /// answers, of which callers can bring about as many as they like.
  ///
  /// @param queuedBytes all that waits for the socket
  /// @return whether it is too much, of the connection or of all
  boolean isBehind(long queuedBytes) {
    if (closed) {
      return false;
    }
    var now = Math.max(0, queuedBytes - QUEUED_BYTES_OF_DATA);
    var all = budget.addUnlimited(now - unlimitedBytes);
    unlimitedBytes = now;
    return now > 0
        && (now > budget.limits.answerBytesPerConnectionMax()
            || all > budget.limits.answerBytesMax());
  }

  /// Whether a call may send.
  ///
  /// @param untaken how much of its answer is in flight
  boolean hasRoom(long untaken) {
    if (answerBytes == 0) {
      return true;
    }
    var part = budget.answerBytesOfEach();
    return switch (budget.crowding()) {
      case NONE -> answerBytes < part || (untaken == 0 && answerBytes < 2 * part);
      case SOME -> answerBytes < part;
      case TOO_MUCH -> false;
    };
  }

  /// Has a call look again when there may be room.
  ///
  /// @param untaken how much of its answer is in flight
  void awaitRoom(Conversation call, long untaken) {
    waiting.add(call);
    awaitOthers(untaken);
  }

  /// When something of its own was taken the connection hears of it; of others it has to ask for
  /// that. It may have happened since there was no room.
  private void awaitOthers(long untaken) {
    if (closed) {
      return;
    }
    if (!waitsForOthers) {
      waitsForOthers = true;
      budget.awaitRoom(this);
    }
    if (hasRoom(untaken)) {
      wakeLater();
    }
  }

  /// Called by any thread.
  void wakeSoon() {
    var owner = loop;
    if (owner != null) {
      owner.execute(() -> {
        waitsForOthers = false;
        wake();
      });
    }
  }

  private void wakeLater() {
    var owner = loop;
    if (!waking && owner != null) {
      waking = true;
      owner.execute(() -> {
        waking = false;
        wake();
      });
    }
  }

  /// Each of those that waited looks once, the longest waiting first: who finds no room waits
  /// again.
  private void wake() {
    toWake = waiting.size();
    wakeNext();
  }

  private void wakeNext() {
    var owner = loop;
    if (owner == null || toWake <= 0 || waiting.isEmpty()) {
      return;
    }
    if (!hasRoom(0)) {
      toWake = 0;
      awaitOthers(0);
      return;
    }
    toWake--;
    waiting.remove().roomMade();
    if (toWake > 0) {
      owner.slice(this::wakeNext);
    }
  }

  /// The connection is gone, and what it held.
  void close() {
    if (!closed) {
      closed = true;
      budget.forget(this);
      budget.addRequests(-requestBytes);
      budget.addAnswers(-answerBytes);
      var _ = budget.addUnlimited(-unlimitedBytes);
      if (answerBytes > 0) {
        budget.answering(-1);
      }
      requestBytes = 0;
      waiting.clear();
      holding.clear();
    }
  }
}
