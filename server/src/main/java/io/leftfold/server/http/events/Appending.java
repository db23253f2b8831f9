// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import io.leftfold.api.AppendResult;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Request;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.http.exchange.Written;
import io.leftfold.server.node.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/// Appends what is posted: all of it, or nothing.
final class Appending {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String ONE = "application/cloudevents+json";
  private static final String BATCH = "application/cloudevents-batch+json";
  private static final Set<String> KNOWN = Set.of("stream", "expected");

  private final Duration timeout;

  Appending(Duration timeout) {
    this.timeout = timeout;
  }

  Answer answer(Request request, Session session) {
    Parameters.check(request.target(), KNOWN, Set.of());
    var type =
        request
            .header("content-type")
            .map(said -> said.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
            .orElse("");
    if (!type.equals(ONE) && !type.equals(BATCH)) {
      throw Problem.refusing(
          Status.UNSUPPORTED_MEDIA_TYPE,
          "unsupported-media-type",
          "The Content-Type is %s or %s, got '%s'".formatted(ONE, BATCH, type));
    }
    var stream = request.target().parameter("stream").map(StreamName::of);
    var arrived = CloudEventsIn.read(request.body(), type.equals(BATCH));
    return append(parts(arrived, stream, expected(request, stream)), session);
  }

  private static ExpectedState expected(Request request, Optional<StreamName> stream) {
    var said = request.target().parameter("expected");
    if (said.isPresent() && stream.isEmpty()) {
      throw new IllegalArgumentException("expected is about a stream; name it with stream");
    }
    return switch (said.orElse("any")) {
      case "any" -> ExpectedState.any();
      case "none" -> ExpectedState.noStream();
      case "exists" -> ExpectedState.streamExists();
      case String text when text.matches("[0-9]{1,18}") ->
          ExpectedState.atRevision(Long.parseLong(text));
      case String text ->
          throw new IllegalArgumentException(
              "expected is any, none, exists or the stream's last revision, got '%s'"
                  .formatted(text));
    };
  }

  private static List<StreamAppend> parts(
      List<CloudEventsIn.Arrived> arrived, Optional<StreamName> stream, ExpectedState expected) {
    var byStream = new LinkedHashMap<StreamName, List<ProposedEvent>>();
    for (var i = 0; i < arrived.size(); i++) {
      var index = i;
      var said = arrived.get(i).stream();
      if (said.isPresent() && stream.isPresent() && !said.equals(stream)) {
        throw new IllegalArgumentException(
            "Event %d is for stream %s, and the URL says %s; leave one of them out"
                .formatted(i, said.get(), stream.get()));
      }
      var target =
          said.or(() -> stream)
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "Event %d is for no stream; name one in the URL (?stream=…) or as its attribute stream"
                          .formatted(index)));
      byStream.computeIfAbsent(target, _ -> new ArrayList<>()).add(arrived.get(i).event());
    }
    return byStream.entrySet().stream()
        .map(part -> new StreamAppend(part.getKey(), expected, part.getValue()))
        .toList();
  }

  private Answer append(List<StreamAppend> parts, Session session) {
    return Written.await(told -> session.append(parts, told), timeout)
        .map(Appending::appended)
        .orElseGet(this::unknown);
  }

  private Answer unknown() {
    return Problem.of(
        Status.UNAVAILABLE,
        "write-timeout",
        "Nobody knows yet whether it was written: that takes longer than %d ms. Send it again as it is; events are appended once"
            .formatted(timeout.toMillis()),
        Map.of());
  }

  private static Answer appended(AppendResult result) {
    var streams =
        result.streams().stream()
            .map(part -> {
              var said = new LinkedHashMap<String, Object>();
              said.put("stream", part.stream().value());
              said.put("first", part.firstRevision());
              said.put("last", part.lastRevision());
              return said;
            })
            .toList();
    var answer = new LinkedHashMap<String, Object>();
    result.position().ifPresent(position -> answer.put("position", position));
    answer.put("repeated", result.idempotent());
    answer.put("streams", streams);
    return Answer.text(
            result.idempotent() ? Status.OK : Status.CREATED,
            "application/json; charset=utf-8",
            JSON.writeValueAsString(answer) + "\n")
        .with("Cache-Control", "no-store");
  }
}
