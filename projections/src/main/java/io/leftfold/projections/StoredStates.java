// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.storage.ProjectionStreams;
import java.util.Optional;

/// States in the streams of an epoch, of which the last event counts.
///
/// @param store the store
/// @param streams the projection's
/// @param epoch the epoch
/// @param moment which moment of the store is read
record StoredStates(EventStore store, ProjectionStreams streams, long epoch, AsOf moment)
    implements StateStore {

  static final String TYPE = "$ProjectionState.V2";
  private static final String RESULT = "{\"result\":";

  @Override
  public Optional<Stored> partition(String partition) {
    return last(streams.state(epoch, partition))
        .map(event -> new Stored(event.dataAsText(), result(event), event.revision()));
  }

  @Override
  public Optional<String> shared() {
    return last(streams.sharedState(epoch)).map(RecordedEvent::dataAsText);
  }

  private Optional<RecordedEvent> last(StreamName stream) {
    try (var read = store.read(stream, ReadOptions.backwards().limit(1).asOf(moment))) {
      var events = read.iterator();
      return events.hasNext() ? events.next().event() : Optional.empty();
    }
  }

  /// What stands in the metadata of a state, to know the revision of the next result.
  static String metadata(long result) {
    return result < 0 ? "" : RESULT + result + "}";
  }

  private static long result(RecordedEvent event) {
    var text = event.metadataAsText();
    return text.startsWith(RESULT)
        ? Long.parseLong(text, RESULT.length(), text.length() - 1, 10)
        : -1;
  }
}
