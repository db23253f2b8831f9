// SPDX-License-Identifier: Apache-2.0

package io.leftfold.codecs;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import java.time.Instant;

/// Events as they are read when they were appended.
final class Stored {

  private Stored() {}

  static RecordedEvent as(ProposedEvent event) {
    return as(event, event.contentType(), event.data());
  }

  static RecordedEvent as(ProposedEvent event, ContentType contentType, byte[] data) {
    return new RecordedEvent(
        7,
        StreamName.of("readings-1"),
        0,
        event.id(),
        event.type(),
        contentType,
        Instant.EPOCH,
        data,
        event.metadata(),
        event.tags());
  }
}
