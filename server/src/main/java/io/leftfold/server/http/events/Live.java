// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Presence;
import io.leftfold.server.http.exchange.Request;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.node.Following;
import io.leftfold.server.node.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Events as they happen, as server-sent events. Whoever was interrupted says with `Last-Event-ID`
/// which one it had last, as browsers do by themselves. A caller that does not read is not written
/// to: its events stay in the log until it does.
final class Live {

  /// How often it looks whether the node is about to close, and how long nothing is said before a
  /// comment shows that the connection is there.
  private static final Duration LOOK = Duration.ofMillis(500);

  private static final Duration SILENCE = Duration.ofSeconds(15);
  private static final byte[] STILL_HERE = ": still here\n\n".getBytes(StandardCharsets.US_ASCII);

  private static final List<String> OF_PAGES = List.of("limit", "wait");

  private final Clock clock;
  private final BooleanSupplier isClosing;

  Live(Clock clock, BooleanSupplier isClosing) {
    this.clock = clock;
    this.isClosing = isClosing;
  }

  Answer answer(Question question, Request request, Session session) {
    for (var name : OF_PAGES) {
      if (request.target().parameter(name).isPresent()) {
        throw new IllegalArgumentException(
            "%s is about a page, and live events come for as long as somebody listens; leave it out"
                .formatted(name));
      }
    }
    var asked =
        request
            .header("last-event-id")
            .map(last -> question.after("Last-Event-ID", last))
            .orElse(question)
            .fromNow(session);
    // Whoever may not is told so before anything else is said.
    var following =
        asked.stream().isPresent()
            ? session.subscribe(asked.stream().get(), asked.following())
            : session.subscribeToAll(asked.following());
    return Answer.of(
            Status.OK,
            EventForm.LIVE.contentType(),
            out -> follow(following, asked, request.presence(), out))
        .with("Cache-Control", "no-store")
        .with("X-Accel-Buffering", "no");
  }

  private void follow(Following following, Question asked, Presence presence, OutputStream out)
      throws IOException {
    var news = new Semaphore(0);
    presence.onGone(news::release);
    try (following) {
      // Whoever is interrupted before the first event comes again with this: what happens meanwhile
      // would be lost, if it came for the end again.
      out.write(
          ": events follow\nid: %s\n\n"
              .formatted(asked.cursor())
              .getBytes(StandardCharsets.US_ASCII));
      var said = clock.instant();
      while (!presence.isGone() && !isClosing.getAsBoolean()) {
        var message = following.poll();
        if (message.isPresent()) {
          switch (message.get()) {
            case SubscriptionMessage.Event(ResolvedEvent event) -> {
              EventForm.LIVE.write(List.of(event), asked.stream().isPresent(), out);
              said = clock.instant();
            }
            // Else whoever filters much out would look at all of it again after an interruption.
            case SubscriptionMessage.Checkpoint(long position) -> {
              out.write("id: %d\n\n".formatted(position).getBytes(StandardCharsets.US_ASCII));
              said = clock.instant();
            }
            case SubscriptionMessage.CaughtUp _, SubscriptionMessage.FellBehind _ -> {}
          }
        } else {
          said = spoken(said, out);
          out.flush();
          following.onAvailable(news::release);
          if (news.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            news.drainPermits();
          }
        }
      }
    } catch (LeftfoldException e) {
      // It has begun, so this is the only way to say it; browsers would come again otherwise.
      out.write("event: end\ndata: ".getBytes(StandardCharsets.US_ASCII));
      EventLine.generating(out, json -> json.writeString(String.valueOf(e.getMessage())));
      out.write("\n\n".getBytes(StandardCharsets.US_ASCII));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Instant spoken(Instant said, OutputStream out) throws IOException {
    if (Duration.between(said, clock.instant()).compareTo(SILENCE) < 0) {
      return said;
    }
    out.write(STILL_HERE);
    return clock.instant();
  }
}
