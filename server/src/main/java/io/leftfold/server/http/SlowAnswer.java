// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.projections.FoldProgress;
import io.vertx.core.Context;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/// An answer that takes a while. Whoever accepts lines of JSON is told on the way how far it is, a
/// line at a time; the last one has the answer.
final class SlowAnswer implements FoldProgress {

  private static final String LINES = "application/x-ndjson";
  private static final Duration BETWEEN_NEWS = Duration.ofMillis(250);

  private final RoutingContext context;
  private final Context loop;
  private final Clock clock;
  private final boolean isInLines;
  private volatile boolean gone;
  private Instant next; // of the thread that folds

  /// On the event loop of the request.
  SlowAnswer(RoutingContext context, Clock clock) {
    this.context = context;
    this.clock = clock;
    loop = context.vertx().getOrCreateContext();
    isInLines =
        Objects.requireNonNullElse(context.request().getHeader("accept"), "").contains(LINES);
    next = clock.instant().plus(BETWEEN_NEWS);
    context.addEndHandler(_ -> gone = true);
  }

  @Override
  public boolean at(long position, long end, long events) {
    if (isInLines && clock.instant().isAfter(next)) {
      next = clock.instant().plus(BETWEEN_NEWS);
      var line =
          new JsonObject()
              .put(
                  "progress",
                  new JsonObject().put("position", position).put("end", end).put("events", events));
      loop.runOnContext(_ -> write(line.encode()));
    }
    return !gone;
  }

  private void write(String line) {
    var response = context.response();
    if (!response.ended() && !response.closed()) {
      if (!response.headWritten()) {
        response.setChunked(true).putHeader("content-type", LINES);
      }
      var _ = response.write(line + "\n");
    }
  }

  /// On the event loop.
  void end(PageAnswer answer) {
    var isBegun = context.response().headWritten();
    if (!isInLines || (!isBegun && answer.status() != PageAnswer.OK)) {
      answer.send(context);
      return;
    }
    write(answer.status() == PageAnswer.OK ? line(answer) : error(answer));
    var _ = context.response().end();
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
