// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.manystreams;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.protocol.messages.manystreams.AppendRecordsRequest;
import io.leftfold.protocol.messages.manystreams.errors.ConsistencyViolation;
import io.leftfold.protocol.messages.manystreams.errors.ConsistencyViolation.StreamStateViolation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What `AppendRecords` asks for: records in the order of the log, and what is expected of streams,
/// whether they are written or not.
///
/// @param parts runs of records of one stream, then the streams that are checked only
/// @param checks what is expected, by stream, in the order of the request
record CheckedAppend(List<StreamAppend> parts, Map<StreamName, ExpectedState> checks) {

  /// Reads a request.
  ///
  /// @throws BadRequestException if it makes no sense
  /// @throws RecordTooLargeException if a record is too large
  static CheckedAppend of(AppendRecordsRequest request, Records records) {
    if (request.getRecordsCount() == 0) {
      throw new BadRequestException(
          "records", "An append has at least one record, this one has none");
    }
    var checks = checks(request);
    var parts = runs(request, records, checks);
    var written = parts.stream().map(StreamAppend::stream).collect(Collectors.toSet());
    checks.forEach((stream, expected) -> {
      if (!written.contains(stream)) {
        parts.add(StreamAppend.of(stream, expected));
      }
    });
    return new CheckedAppend(parts, checks);
  }

  private static Map<StreamName, ExpectedState> checks(AppendRecordsRequest request) {
    var checks = new LinkedHashMap<StreamName, ExpectedState>();
    for (var i = 0; i < request.getChecksCount(); i++) {
      var field = "checks[%d].stream_state".formatted(i);
      if (!request.getChecks(i).hasStreamState()) {
        throw new BadRequestException(field, "A check is about the state of a stream, got none");
      }
      var check = request.getChecks(i).getStreamState();
      var stream = Records.stream(check.getStream(), field + ".stream");
      var expected = Records.checked(check.getExpectedState(), field + ".expected_state");
      if (checks.put(stream, expected) != null) {
        throw new BadRequestException(
            field, "There is at most one check of a stream, got another one of " + stream);
      }
    }
    return checks;
  }

  private static List<StreamAppend> runs(
      AppendRecordsRequest request, Records records, Map<StreamName, ExpectedState> checks) {
    var runs = new ArrayList<StreamAppend>();
    var expected = new LinkedHashMap<>(checks);
    var events = new ArrayList<ProposedEvent>();
    for (var i = 0; i < request.getRecordsCount(); i++) {
      var record = request.getRecords(i);
      var field = "records[%d]".formatted(i);
      events.add(records.event(record, record.getStream(), field));
      var isLastOfRun =
          i + 1 == request.getRecordsCount()
              || !request.getRecords(i + 1).getStream().equals(record.getStream());
      if (isLastOfRun) {
        var stream = Records.stream(record.getStream(), field + ".stream");
        // Where the stream is named again, nothing more is expected of it.
        var state = expected.put(stream, ExpectedState.any());
        runs.add(new StreamAppend(stream, state == null ? ExpectedState.any() : state, events));
        events.clear();
      }
    }
    return runs;
  }

  /// The checks that do not hold.
  ///
  /// @param actual what streams were found to be, of which something else was expected
  List<ConsistencyViolation> violations(Map<StreamName, StreamState> actual) {
    var violations = new ArrayList<ConsistencyViolation>();
    var index = 0;
    for (var check : checks.entrySet()) {
      var found = actual.get(check.getKey());
      if (found != null) {
        violations.add(violation(index, check.getKey(), check.getValue(), found));
      }
      index++;
    }
    return violations;
  }

  private static ConsistencyViolation violation(
      int index, StreamName stream, ExpectedState expected, StreamState actual) {
    return ConsistencyViolation.newBuilder()
        .setCheckIndex(index)
        .setStreamState(
            StreamStateViolation.newBuilder()
                .setStream(stream.value())
                .setExpectedState(Records.number(expected))
                .setActualState(Records.number(actual)))
        .build();
  }
}
