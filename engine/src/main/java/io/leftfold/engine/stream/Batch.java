// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.StreamName;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.log.EncodedRecords;
import java.util.ArrayList;
import java.util.List;

/// What is made durable with one sync: the events for the index, and whom to tell. Owned by the
/// writing thread.
final class Batch {

  private final List<Written> written = new ArrayList<>();
  private final List<Answer> answers = new ArrayList<>();

  /// Events of one stream that follow each other.
  private record Written(
      StreamName stream, long firstRevision, long firstPosition, EncodedRecords records) {}

  void wrote(StreamName stream, long firstRevision, long firstPosition, EncodedRecords records) {
    written.add(new Written(stream, firstRevision, firstPosition, records));
  }

  void answer(Answer answer) {
    answers.add(answer);
  }

  boolean hasEvents() {
    return !written.isEmpty();
  }

  List<Answer> answers() {
    return answers;
  }

  /// Adds the events to the index, and forgets them.
  void addTo(Index index) {
    for (var events : written) {
      var records = events.records;
      for (var i = 0; i < records.count(); i++) {
        index.add(
            events.firstPosition + i,
            events.stream,
            events.firstRevision + i,
            records.type(i),
            records.tags(i),
            records.correlationId(i));
      }
    }
    written.clear();
  }
}
