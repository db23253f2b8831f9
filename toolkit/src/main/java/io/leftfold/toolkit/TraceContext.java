// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// The span in which an event was appended, as its metadata says, so that a trace goes on with what
/// came of it:
///
/// ```
/// {"$traceId": "0af7651916cd43dd8448eb211c80319c", "$spanId": "b7ad6b7169203331"}
/// ```
///
/// The clients of KurrentDB write the same names, or `$trace-id` and `$span-id`, which are read as
/// well.
///
/// @param traceId 32 hexadecimal digits in lower case, not all of them 0
/// @param spanId 16 of them
public record TraceContext(String traceId, String spanId) {

  private static final Pattern TRACE = Pattern.compile("(?!0{32})[0-9a-f]{32}");
  private static final Pattern SPAN = Pattern.compile("(?!0{16})[0-9a-f]{16}");
  private static final Names OURS = new Names("$traceId", "$spanId");
  private static final List<Names> NAMES = List.of(OURS, new Names("$trace-id", "$span-id"));

  private record Names(String trace, String span) {}

  /// Checks the digits.
  ///
  /// @throws IllegalArgumentException if they are none
  public TraceContext {
    if (!TRACE.matcher(traceId).matches() || !SPAN.matcher(spanId).matches()) {
      throw new IllegalArgumentException(
          "A trace has 32 hexadecimal digits and a span 16, got \"%s\" and \"%s\""
              .formatted(traceId, spanId));
    }
  }

  /// What an event says.
  ///
  /// @param event as it was stored
  /// @return the span; empty if it says nothing, or something that is no span
  public static Optional<TraceContext> of(RecordedEvent event) {
    if (event.metadata().length == 0) {
      return Optional.empty();
    }
    var about = Metadata.of(event);
    return NAMES.stream().flatMap(names -> read(about, names)).findFirst();
  }

  private static Stream<TraceContext> read(ObjectNode about, Names names) {
    var trace = about.path(names.trace()).asString("");
    var span = about.path(names.span()).asString("");
    return TRACE.matcher(trace).matches() && SPAN.matcher(span).matches()
        ? Stream.of(new TraceContext(trace, span))
        : Stream.empty();
  }

  /// An event that says so. One that names a trace already, or whose metadata is no JSON object,
  /// stays as it is.
  ///
  /// @param event to be stored
  /// @return the same, with the span in its metadata
  public ProposedEvent carriedBy(ProposedEvent event) {
    return Metadata.objectOf(event)
        .filter(about -> NAMES.stream().noneMatch(names -> about.has(names.trace())))
        .map(about ->
            event.withMetadata(
                about.put(OURS.trace(), traceId).put(OURS.span(), spanId).toString()))
        .orElse(event);
  }
}
