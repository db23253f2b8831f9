// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;

/// What a store makes of events, and what somebody else might have made of them.
final class Recordings {

  private Recordings() {}

  /// An event as it is read when it was appended.
  static RecordedEvent stored(EventStore store, StreamName stream, ProposedEvent event) {
    store.append(stream, ExpectedState.any(), event);
    return store.read(stream, ReadOptions.backwards().limit(1)).events().getFirst();
  }

  /// An event as it would be with another type and other data.
  static RecordedEvent with(RecordedEvent event, String type, byte[] data) {
    return with(event, type, data, event.metadata());
  }

  /// An event as it would be with other contents.
  static RecordedEvent with(RecordedEvent event, String type, byte[] data, byte[] metadata) {
    return new RecordedEvent(
        event.position(),
        event.stream(),
        event.revision(),
        event.id(),
        type,
        event.contentType(),
        event.recorded(),
        data,
        metadata,
        event.tags());
  }
}
