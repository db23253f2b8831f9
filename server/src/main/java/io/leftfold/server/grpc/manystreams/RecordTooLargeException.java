// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.manystreams;

import io.leftfold.api.LimitExceededException;
import io.leftfold.api.StreamAppend;
import java.util.List;

/// A record is too large, and it is known where it was to go.
final class RecordTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String stream;
  private final LimitExceededException limit;

  /// With what the store says of an event.
  ///
  /// @param stream where the record was to go
  /// @param limit of one event
  RecordTooLargeException(String stream, LimitExceededException limit) {
    super(limit.getMessage(), limit);
    this.stream = stream;
    this.limit = limit;
  }

  /// What an error of an append is, if it is about one event: then its stream is looked for.
  static RuntimeException placed(RuntimeException error, List<StreamAppend> parts) {
    if (!(error instanceof LimitExceededException limit) || limit.eventId().isEmpty()) {
      return error;
    }
    var id = limit.eventId().get();
    return new RecordTooLargeException(
        parts.stream()
            .filter(part -> part.events().stream().anyMatch(event -> event.id().equals(id)))
            .map(part -> part.stream().value())
            .findFirst()
            .orElse(""),
        limit);
  }

  /// Where the record was to go.
  String stream() {
    return stream;
  }

  /// The id, the size and the limit.
  LimitExceededException limit() {
    return limit;
  }
}
