// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import io.leftfold.api.AppendResult;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.server.http.atom.body.BodyType;
import io.leftfold.server.http.atom.body.Ids;
import io.leftfold.server.http.atom.body.InvalidBodyException;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Refusals;
import io.leftfold.server.http.exchange.RefusedException;
import io.leftfold.server.http.exchange.Request;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.http.exchange.Target;
import io.leftfold.server.http.exchange.Written;
import io.leftfold.server.node.Completion;
import io.leftfold.server.node.Session;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Appends to streams, and deletes them.
public final class Writing {

  private static final String NO_TYPE =
      "Must include an event type with the request either in body or as Kurrent-EventType header.";
  private static final String INVALID = "Write request body invalid.";
  private static final int ANY = -2;
  private static final int NO_STREAM = -1;
  private static final int STREAM_EXISTS = -4;

  private final AtomOptions options;
  private final Supplier<UUID> ids;

  /// Writes.
  ///
  /// @param options how much, and how long
  /// @param ids of events whose writers do not name them
  public Writing(AtomOptions options, Supplier<UUID> ids) {
    this.options = options;
    this.ids = ids;
  }

  // ---- appending

  /// @param id of the one event in the body; empty if the body or a header says
  Resource.Work append(StreamName stream, Optional<UUID> id) {
    return (request, session) -> {
      var type = bodyType(request);
      if (id.isPresent() && type.namesEvents()) {
        throw unsupported();
      }
      var said = type.namesEvents() ? Optional.<UUID>empty() : id.or(() -> idSaid(request));
      var expected = expected(request);
      if (!type.namesEvents() && eventType(request).isEmpty()) {
        throw RefusedException.badRequest(NO_TYPE);
      }
      if (!type.namesEvents() && said.isEmpty()) {
        return elsewhere(request);
      }
      var events = events(request, type, said, eventType(request));
      return append(session, request, stream, expected, events);
    };
  }

  /// The same request, at a URL by which it can be repeated.
  private Answer elsewhere(Request request) {
    return Answer.empty(Status.TEMPORARY_REDIRECT, "Forwarding to idempotent URI")
        .with(
            "Location",
            request.url("%s/incoming/%s".formatted(request.target().path(), ids.get())));
  }

  Resource.Work appendMetadata(StreamName metastream) {
    return (request, session) -> {
      var type = bodyType(request);
      var said = eventType(request);
      if (said.isPresent() && !said.get().equals(RecordedEvent.METADATA_TYPE)) {
        throw RefusedException.badRequest(
            "Bad Request. You should not include an event type for metadata.");
      }
      var events =
          events(
              request,
              type,
              Optional.of(idSaid(request).orElseGet(ids)),
              Optional.of(RecordedEvent.METADATA_TYPE));
      if (events.stream().anyMatch(event -> !event.type().equals(RecordedEvent.METADATA_TYPE))) {
        throw RefusedException.badRequest("An event of a metadata stream is of type $metadata");
      }
      return append(session, request, metastream, expected(request), events);
    };
  }

  private static BodyType bodyType(Request request) {
    return request.header("content-type").flatMap(BodyType::of).orElseThrow(Writing::unsupported);
  }

  private static RefusedException unsupported() {
    return new RefusedException(
        Answer.refusal(Status.UNSUPPORTED_MEDIA_TYPE, "Invalid or missing Content-Type"));
  }

  private static Optional<UUID> idSaid(Request request) {
    var said = request.option("EventId");
    if (said.isEmpty()) {
      return Optional.empty();
    }
    var id = Ids.of(said.get().value());
    if (id.isEmpty()) {
      throw Request.wrong(said.get());
    }
    return id;
  }

  private static Optional<String> eventType(Request request) {
    return request.option("EventType").map(Request.Said::value).filter(type -> !type.isEmpty());
  }

  static ExpectedState expected(Request request) {
    var said = request.option("ExpectedVersion");
    if (said.isEmpty()) {
      return ExpectedState.any();
    }
    long version;
    try {
      version = Long.parseLong(said.get().value());
    } catch (NumberFormatException _) {
      throw Request.wrong(said.get());
    }
    if (version >= 0) {
      return ExpectedState.atRevision(version);
    }
    return switch ((int) Math.max(version, Integer.MIN_VALUE)) {
      case ANY -> ExpectedState.any();
      case NO_STREAM -> ExpectedState.noStream();
      case STREAM_EXISTS -> ExpectedState.streamExists();
      default -> throw Request.wrong(said.get());
    };
  }

  private List<ProposedEvent> events(
      Request request, BodyType type, Optional<UUID> id, Optional<String> eventType) {
    List<ProposedEvent> events;
    try {
      events =
          type.namesEvents()
              ? type.events(request.body(), eventType)
              : List.of(type.event(request.body(), id.orElseThrow(), eventType.orElseThrow()));
    } catch (InvalidBodyException e) {
      throw RefusedException.badRequest(INVALID);
    }
    for (var event : events) {
      if (event.data().length + (long) event.metadata().length > options.eventBytesMax()) {
        throw new RefusedException(
            Answer.refusal(
                Status.TOO_LARGE,
                "Too large events received. Limit is %d bytes."
                    .formatted(options.eventBytesMax())));
      }
    }
    return events;
  }

  private Answer append(
      Session session,
      Request request,
      StreamName stream,
      ExpectedState expected,
      List<ProposedEvent> events) {
    var parts = List.of(new StreamAppend(stream, expected, events));
    return write(
        told -> session.append(parts, told),
        result ->
            Answer.empty(Status.CREATED, "")
                .with(
                    "Location",
                    request.url(
                        "/streams/%s/%d"
                            .formatted(
                                Target.encoded(stream.value()),
                                result.streams().getFirst().firstRevision()))));
  }

  // ---- deleting

  Resource.Work delete(StreamName stream) {
    return (request, session) -> {
      var expected = expected(request);
      var forEver = request.flag("HardDelete", false);
      return write(
          told -> {
            if (forEver) {
              session.tombstone(stream, expected, told);
            } else {
              session.delete(stream, expected, told);
            }
          },
          _ -> Answer.empty(Status.NO_CONTENT, "Stream deleted"));
    };
  }

  // ---- waiting for the writer

  private interface Done {
    Answer answer(AppendResult result);
  }

  private Answer write(Consumer<Completion> write, Done done) {
    try {
      return Written.await(write, options.writeTimeout())
          .map(done::answer)
          .orElseGet(() -> Answer.refusal(Status.FAILED, "Write timeout").withoutContent());
    } catch (LeftfoldException refused) {
      var answer = Refusals.of(refused).withoutContent();
      return refused instanceof StreamTombstonedException
          ? answer.because("Stream deleted")
          : answer;
    }
  }
}
