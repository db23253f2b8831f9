// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.http.exchange.Target;
import io.leftfold.server.http.exchange.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// `/events`, and the document that describes it.
public final class EventsPages implements Resource.Routes {

  private static final byte[] DOCUMENT = document();

  private final Pages pages;
  private final Live live;
  private final Appending appending;

  /// Answers.
  ///
  /// @param waiting for whoever asks with `wait`
  /// @param clock tells when something has to be said to show that somebody is there
  /// @param isClosing whether the node is about to close, so that live ones end
  /// @param timeout how long a `POST` waits for the disk
  public EventsPages(Waiting waiting, Clock clock, BooleanSupplier isClosing, Duration timeout) {
    pages = new Pages(waiting);
    live = new Live(clock, isClosing);
    appending = new Appending(timeout);
  }

  @Override
  public Optional<Resource> find(Target target) {
    return switch (target.path()) {
      case "/events" ->
          Optional.of(
              Resource.getOnly(
                      Problem.telling((request, session) -> {
                        var form = EventForm.of(request);
                        var question = Question.of(request.target());
                        return form == EventForm.LIVE
                            ? live.answer(question, request, session)
                            : pages.answer(question, form, request, session);
                      }))
                  .and("POST", Problem.telling(appending::answer)));
      case "/openapi.json" ->
          Optional.of(
              Resource.get((_, _) ->
                  Answer.of(Status.OK, "application/json", out -> out.write(DOCUMENT))
                      .with("Cache-Control", "max-age=300")));
      default -> Optional.empty();
    };
  }

  @Override
  public Answer told(Answer refusal) {
    return Problem.of(refusal);
  }

  private static byte[] document() {
    try (var stream = EventsPages.class.getResourceAsStream("openapi.json")) {
      if (stream == null) {
        throw new IllegalStateException(
            "The server needs the resource openapi.json, which is missing");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
