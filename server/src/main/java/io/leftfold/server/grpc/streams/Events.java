// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.protocol.streams.ReadResponses;
import io.leftfold.protocol.streams.ReadResponses.UuidForm;
import io.leftfold.protocol.wire.WireWriter;
import org.jspecify.annotations.Nullable;

/// Events as they go out.
final class Events {

  private static final int TICKS_A_SECOND = 10_000_000;
  private static final int NANOS_A_TICK = 100;

  private Events() {}

  static void write(WireWriter out, ResolvedEvent resolved, UuidForm form) {
    ReadResponses.event(
        out,
        resolved.event().map(Events::event).orElse(null),
        resolved.link().map(Events::event).orElse(null),
        form);
  }

  private static ReadResponses.@Nullable Event event(RecordedEvent event) {
    var recorded = event.recorded();
    return new ReadResponses.Event(
        event.position(),
        event.stream().value(),
        event.revision(),
        event.id(),
        event.type(),
        event.contentType() == ContentType.JSON,
        recorded.getEpochSecond() * TICKS_A_SECOND + recorded.getNano() / NANOS_A_TICK,
        event.data(),
        event.metadata());
  }
}
