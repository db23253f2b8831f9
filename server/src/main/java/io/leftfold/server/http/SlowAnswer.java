// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.projections.FoldProgress;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Presence;
import io.leftfold.server.http.exchange.RefusedException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/// An answer that takes a while. Whoever accepts lines of JSON is told on the way how far it is, a
/// line at a time; the last one has the answer.
final class SlowAnswer implements FoldProgress {

  private static final String LINES = "application/x-ndjson";
  private static final Duration BETWEEN_NEWS = Duration.ofMillis(250);

  private final OutputStream out;
  private final Presence presence;
  private final Clock clock;

  // Of the thread that folds, while the one of the request waits for it.
  private Instant next;
  private boolean begun;
  private Optional<IOException> failure = Optional.empty();

  private SlowAnswer(OutputStream out, Presence presence, Clock clock) {
    this.out = out;
    this.presence = presence;
    this.clock = clock;
    next = clock.instant().plus(BETWEEN_NEWS);
  }

  /// An answer to a request.
  ///
  /// @param clock tells when there is to be news
  /// @param work finds what is answered, tells how far it is, and ends when nobody waits any more
  static Answer to(PageRequest request, Clock clock, Function<FoldProgress, PageAnswer> work) {
    var presence = request.presence();
    if (!request.accepts(LINES)) {
      return work.apply((_, _, _) -> !presence.isGone()).answer();
    }
    return Answer.of(
        PageAnswer.OK, LINES, out -> new SlowAnswer(out, presence, clock).answer(work));
  }

  private void answer(Function<FoldProgress, PageAnswer> work) throws IOException {
    var answer = work.apply(this);
    if (failure.isPresent()) {
      throw failure.get();
    }
    var isDone = answer.status() == PageAnswer.OK;
    if (!isDone && !begun) {
      throw new RefusedException(answer.answer());
    }
    write(isDone ? line(answer) : error(answer));
  }

  @Override
  public boolean at(long position, long end, long events) {
    if (clock.instant().isAfter(next)) {
      next = clock.instant().plus(BETWEEN_NEWS);
      var progress =
          new JsonObject().put("position", position).put("end", end).put("events", events);
      begun = true;
      try {
        write(new JsonObject().put("progress", progress).encode());
        out.flush();
      } catch (IOException e) {
        failure = Optional.of(e);
        return false;
      }
    }
    return !presence.isGone();
  }

  private void write(String line) throws IOException {
    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static String line(PageAnswer answer) {
    var position = answer.headers().get("Kurrent-Position");
    return "{\"answer\":%s%s}"
        .formatted(
            answer.body().isEmpty() ? "null" : answer.body(),
            position == null ? "" : ",\"position\":" + position);
  }

  private static String error(PageAnswer answer) {
    return new JsonObject().put("error", answer.body()).put("status", answer.status()).encode();
  }
}
