// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.projections;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;

/// Events of some types, each as often as the others, with bodies of some numbers and texts, in
/// streams of one category, one after the other.
///
/// @param count how many
/// @param streams over how many streams
/// @param bytes about how long the JSON of one is
/// @param types of how many types
record SampleEvents(long count, int streams, int bytes, int types) {

  private static final int COMMIT_EVENTS = 1_000;
  private static final int TYPES = 20;

  /// Of twenty types.
  SampleEvents(long count, int streams, int bytes) {
    this(count, streams, bytes, TYPES);
  }

  private StreamName stream(long i) {
    return StreamName.of("account-" + i % streams);
  }

  private String type(long i) {
    return "Type" + i % types;
  }

  /// Some numbers and texts, as many as it takes.
  private String body(long i) {
    var body = new StringBuilder("{\"amount\":").append(i % 100).append(",\"by\":\"anna\"");
    for (var field = 0; body.length() < bytes - 36; field++) {
      body.append(",\"field").append(field).append("\":\"some text ").append(i + field).append('"');
    }
    return body.append('}').toString();
  }

  /// All of them, in memory.
  List<ResolvedEvent> inMemory() {
    var events = new ArrayList<ResolvedEvent>();
    for (var i = 0L; i < count; i++) {
      events.add(
          ResolvedEvent.plain(
              new RecordedEvent(
                  i + 1,
                  stream(i),
                  i / streams,
                  new UUID(1, i + 1),
                  type(i),
                  ContentType.JSON,
                  Instant.EPOCH,
                  body(i).getBytes(StandardCharsets.UTF_8),
                  new byte[0],
                  List.of())));
    }
    return events;
  }

  /// Appends all of them.
  ///
  /// @param told how many there are, after each commit
  void appendTo(EventStore store, LongConsumer told) {
    for (var from = 0L; from < count; from += COMMIT_EVENTS) {
      var commit = new ArrayList<StreamAppend>(COMMIT_EVENTS);
      for (var i = from; i < Math.min(from + COMMIT_EVENTS, count); i++) {
        commit.add(
            StreamAppend.of(stream(i), ExpectedState.any(), ProposedEvent.json(type(i), body(i))));
      }
      store.append(commit);
      told.accept(Math.min(from + COMMIT_EVENTS, count));
    }
  }
}
