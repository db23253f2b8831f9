// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import io.leftfold.api.ResolvedEvent;
import io.leftfold.server.http.exchange.Accept;
import io.leftfold.server.http.exchange.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// How events are written.
enum EventForm {
  /// A JSON object for each, and a line end.
  LINES("lines", "application/x-ndjson") {
    @Override
    void write(List<ResolvedEvent> events, boolean ofStream, OutputStream out) throws IOException {
      for (var event : events) {
        EventLine.write(event, ofStream, out);
        out.write('\n');
      }
    }
  },
  /// As they happen, and for as long as the caller stays.
  LIVE("live", "text/event-stream") {
    @Override
    void write(List<ResolvedEvent> events, boolean ofStream, OutputStream out) throws IOException {
      for (var event : events) {
        out.write(
            "id: %d\ndata: "
                .formatted(EventLine.cursor(event, ofStream))
                .getBytes(StandardCharsets.US_ASCII));
        EventLine.write(event, ofStream, out);
        out.write('\n');
        out.write('\n');
      }
    }
  },
  /// A list of CloudEvents.
  CLOUD_EVENTS("cloudevents", "application/cloudevents-batch+json") {
    @Override
    void write(List<ResolvedEvent> events, boolean ofStream, OutputStream out) throws IOException {
      CloudEventsOut.write(events, ofStream, out);
    }
  },
  /// A table for spreadsheets.
  TABLE("csv", "text/csv") {
    @Override
    void write(List<ResolvedEvent> events, boolean ofStream, OutputStream out) throws IOException {
      EventTable.write(events, ofStream, out);
    }
  };

  /// Says which, for those who cannot send an `Accept`.
  static final String PARAMETER = "format";

  private final String label;
  private final String type;

  EventForm(String label, String type) {
    this.label = label;
    this.type = type;
  }

  /// The media type, as it is answered.
  String contentType() {
    return type + "; charset=utf-8";
  }

  /// The media types of all forms, that for those who do not say first.
  static List<String> types() {
    return Arrays.stream(values()).map(form -> form.type).toList();
  }

  abstract void write(List<ResolvedEvent> events, boolean ofStream, OutputStream out)
      throws IOException;

  /// The one that the caller wants.
  ///
  /// @throws IllegalArgumentException if it names none that there is
  static EventForm of(Request request) {
    var named = request.target().parameter(PARAMETER);
    if (named.isPresent()) {
      return Arrays.stream(values())
          .filter(form -> form.label.equals(named.get()))
          .findFirst()
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "%s is one of %s, got '%s'"
                      .formatted(
                          PARAMETER,
                          Arrays.stream(values())
                              .map(form -> form.label)
                              .collect(Collectors.joining(", ")),
                          named.get())));
    }
    var chosen = Accept.choose(request, types());
    return Arrays.stream(values())
        .filter(form -> form.type.equals(chosen))
        .findFirst()
        .orElseThrow();
  }
}
