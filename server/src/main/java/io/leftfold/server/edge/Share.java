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
/// **Answers** wait. The connections that have answers in flight divide what there may be of them
/// evenly; none has more than its own bound. A call may send while its connection is below its
/// part. So that calls whose peer takes nothing do not hold up the others, one that has nothing in
/// flight may send although its connection is above, up to twice its part, while all together have
/// less than there may be. Beyond twice of that, only who has nothing in flight may send, a
/// message. Calls that wait are woken in the order in which they came.
final class Share {

  private final Budget budget;
  private final ArrayDeque<Http2Call> waiting = new ArrayDeque<>();
  private @Nullable Loop loop;
  private long requestBytes;
  private long answerBytes;
  private boolean waking;
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
  void awaitRoom(Http2Call call, long untaken) {
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
    for (var left = waiting.size(); left > 0; left--) {
      if (!hasRoom(0)) {
        awaitOthers(0);
        return;
      }
      waiting.remove().roomMade();
    }
  }

  /// The connection is gone, and what it held.
  void close() {
    if (!closed) {
      closed = true;
      budget.forget(this);
      budget.addRequests(-requestBytes);
      budget.addAnswers(-answerBytes);
      if (answerBytes > 0) {
        budget.answering(-1);
      }
      waiting.clear();
    }
  }
}
