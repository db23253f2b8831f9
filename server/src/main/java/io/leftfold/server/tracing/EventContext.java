// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// The trace an event was appended in, as its writer has put it into the metadata: two members of a
/// JSON object, under one of two pairs of names that clients use.
///
/// @param traceId 32 hexadecimal digits
/// @param spanId 16 hexadecimal digits
record EventContext(String traceId, String spanId) {

  /// Metadata that is longer is not looked at: deliveries are not to wait for it.
  private static final int METADATA_BYTES_MAX = 16 << 10;

  private static final byte[] HINT = "\"$trace".getBytes(StandardCharsets.US_ASCII);
  private static final List<Names> NAMES =
      List.of(new Names("$traceId", "$spanId"), new Names("$trace-id", "$span-id"));

  private record Names(String trace, String span) {}

  /// Looks for a context.
  static Optional<EventContext> of(byte[] metadata) {
    if (metadata.length > METADATA_BYTES_MAX || !hasHint(metadata)) {
      return Optional.empty();
    }
    try {
      var json = new JsonObject(Buffer.buffer(metadata));
      return NAMES.stream()
          .filter(names ->
              json.getValue(names.trace) instanceof String
                  && json.getValue(names.span) instanceof String)
          .map(names -> new EventContext(json.getString(names.trace), json.getString(names.span)))
          .filter(context -> context.spanContext().isValid())
          .findFirst();
    } catch (DecodeException | ClassCastException e) {
      return Optional.empty(); // metadata is the writer's, and may be anything
    }
  }

  private static boolean hasHint(byte[] metadata) {
    for (var at = 0; at <= metadata.length - HINT.length; at++) {
      var same = 0;
      while (same < HINT.length && metadata[at + same] == HINT[same]) {
        same++;
      }
      if (same == HINT.length) {
        return true;
      }
    }
    return false;
  }

  private SpanContext spanContext() {
    return SpanContext.createFromRemoteParent(
        traceId, spanId, TraceFlags.getSampled(), TraceState.getDefault());
  }

  Context parent() {
    return Context.root().with(Span.wrap(spanContext()));
  }
}
