// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import io.leftfold.api.ResolvedEvent;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Request;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.http.exchange.Waiting;
import io.leftfold.server.node.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// The next events, a page at a time.
final class Pages {

  /// A page ends with the event that makes it larger than this.
  private static final long BYTES_MAX = 4L << 20;

  private static final String CURSOR = "Leftfold-Cursor";

  private final Waiting waiting;

  Pages(Waiting waiting) {
    this.waiting = waiting;
  }

  /// @param events those there are
  /// @param next behind which the next page stands; empty for at the beginning
  private record Page(List<ResolvedEvent> events, OptionalLong next) {}

  Answer answer(Question question, EventForm form, Request request, Session session) {
    var asked = question.fromNow(session);
    var page = read(asked, session);
    if (page.events().isEmpty() && asked.patience().isPositive()) {
      waiting.await(
          () ->
              asked.stream().isPresent()
                  ? session.subscribe(asked.stream().get(), asked.following())
                  : session.subscribeToAll(asked.following()),
          asked.patience(),
          request.presence());
      page = read(asked, session);
    }
    var events = page.events();
    var answer =
        Answer.of(
                Status.OK,
                form.contentType(),
                out -> form.write(events, asked.stream().isPresent(), out))
            .with("Cache-Control", "no-store")
            .with("Vary", "Accept");
    return page.next().isEmpty()
        ? answer
        : answer
            .with(CURSOR, Long.toString(page.next().getAsLong()))
            .with("Link", "<%s>; rel=\"next\"".formatted(next(request, page.next().getAsLong())));
  }

  private static Page read(Question question, Session session) {
    return question.stream().isPresent() ? ofStream(question, session) : ofAll(question, session);
  }

  private static Page ofStream(Question question, Session session) {
    try (var read = session.read(question.stream().orElseThrow(), question.reading())) {
      var events = taken(read);
      return new Page(
          events,
          events.isEmpty()
              ? question.after()
              : OptionalLong.of(EventLine.cursor(events.getLast(), true)));
    }
  }

  private static Page ofAll(Question question, Session session) {
    // Whatever comes while it is read is behind this.
    var end = session.lastPosition().orElse(-1L);
    try (var read = session.readAll(question.reading())) {
      var events = taken(read);
      var isThrough = events.size() < question.limit() && !read.iterator().hasNext();
      var last = events.isEmpty() ? -1 : EventLine.cursor(events.getLast(), false);
      var next = isThrough ? Math.max(last, end) : last;
      return new Page(
          events,
          next < 0 || (question.after().isPresent() && next < question.after().getAsLong())
              ? question.after()
              : OptionalLong.of(next));
    }
  }

  private static List<ResolvedEvent> taken(Iterable<ResolvedEvent> read) {
    var events = new ArrayList<ResolvedEvent>();
    var bytes = 0L;
    for (var resolved : read) {
      events.add(resolved);
      var event = resolved.event().orElseGet(resolved::original);
      bytes += event.data().length + (long) event.metadata().length;
      if (bytes > BYTES_MAX) {
        break;
      }
    }
    return events;
  }

  private static String next(Request request, long cursor) {
    var others = request.target().query(name -> !name.equals("after"));
    return request.url(
        "/events?%safter=%d".formatted(others.isEmpty() ? "" : others + "&", cursor));
  }
}
