// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one connection holds of the [Budget]. Owned by the connection's event loop.
///
/// **Requests** are refused beyond the bound: a call that is paused half-way would keep what it
/// has, and the connection's window with it.
///
/// **Answers** wait. A call may send while its connection and all together hold less than they may.
/// So that calls whose peer takes nothing do not hold up the others, one that has nothing in flight
/// may send although its connection is over, and a connection that has nothing in flight although
/// all are, up to twice the bound. Those that wait are woken in the order in which they came.
final class Share {

  private final Budget budget;
  private final ArrayDeque<Http2Call> waiting = new ArrayDeque<>();
  private @Nullable Loop loop;
  private long requestBytes;
  private long answerBytes;
  private boolean waking;
  private boolean waitsForAll;
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
    requestBytes += more;
    var all = budget.addRequests(more);
    if (more <= 0) {
      return Optional.empty();
    }
    var limits = budget.limits;
    if (requestBytes > limits.requestBytesPerConnectionMax()) {
      return tooMuch(
          Shortage.CONNECTION_REQUESTS,
          "The requests of this connection that are not answered yet take %d bytes, and may take %d; send less at a time"
              .formatted(requestBytes, limits.requestBytesPerConnectionMax()));
    }
    if (all > limits.requestBytesMax()) {
      return tooMuch(
          Shortage.REQUESTS,
          "The server holds %d bytes of requests that are not answered yet, and may hold %d; try again later"
              .formatted(all, limits.requestBytesMax()));
    }
    return Optional.empty();
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
    answerBytes += more;
    budget.addAnswers(more);
    if (more < 0 && !waiting.isEmpty()) {
      wakeLater();
    }
  }

  /// Whether a call may send.
  ///
  /// @param untaken how much of its answer is in flight
  boolean hasRoom(long untaken) {
    var max = budget.limits.answerBytesPerConnectionMax();
    var all = budget.answerBytes();
    var allMax = budget.limits.answerBytesMax();
    return (answerBytes < max || (untaken == 0 && answerBytes < 2 * max))
        && (all < allMax || (answerBytes == 0 && all < 2 * allMax));
  }

  /// Has a call look again when there may be room.
  void awaitRoom(Http2Call call) {
    waiting.add(call);
    awaitAll();
  }

  /// What the connection itself holds it will be told of; what others hold it has to ask for.
  private void awaitAll() {
    if (closed || waitsForAll) {
      return;
    }
    if (budget.answerBytes() >= budget.limits.answerBytesMax()) {
      waitsForAll = true;
      budget.awaitRoom(this);
    } else if (answerBytes == 0) {
      wakeLater(); // the others have made room since it was looked at
    }
  }

  /// Called by any thread.
  void wakeSoon() {
    var owner = loop;
    if (owner != null) {
      owner.execute(() -> {
        waitsForAll = false;
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
    for (var left = waiting.size(); left > 0 && hasRoom(0); left--) {
      waiting.remove().roomMade();
    }
    if (!waiting.isEmpty()) {
      awaitAll();
    }
  }

  /// The connection is gone, and what it held.
  void close() {
    if (!closed) {
      closed = true;
      budget.forget(this);
      budget.addRequests(-requestBytes);
      budget.addAnswers(-answerBytes);
      waiting.clear();
    }
  }
}
