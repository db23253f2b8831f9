// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/// The parts of an event, by number, for when the script touches them. The numbers are those of
/// `event.js`.
final class EventSource implements ProxyExecutable {

  private static final DateTimeFormatter CREATED =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final RecordedEvent event;
  private final Optional<RecordedEvent> link;
  private final @Nullable String category;
  private final Script script;

  EventSource(
      ResolvedEvent resolved, RecordedEvent event, @Nullable String category, Script script) {
    this.event = event;
    this.link = resolved.link();
    this.category = category;
    this.script = script;
  }

  @Override
  public @Nullable Object execute(Value... arguments) {
    return switch (arguments[0].asInt()) {
      case 0 -> event.dataAsText();
      case 1 -> event.metadataAsText();
      case 2 -> link.map(RecordedEvent::metadataAsText).orElse(null);
      case 3 -> event.stream().value();
      case 4 -> number(event.revision());
      case 5 -> script.typeText(event.type());
      case 6 -> event.id().toString();
      case 7 -> CREATED.format(event.recorded());
      case 8 -> category;
      case 9 -> event.contentType() == ContentType.JSON;
      case 10 -> partition(event.stream());
      case 11 -> event.contentType() == ContentType.JSON ? event.dataAsText() : null;
      default -> null;
    };
  }

  /// As JavaScript has numbers.
  private static Object number(long value) {
    return value == (int) value ? (Object) (int) value : (Object) (double) value;
  }

  /// Which stream's state an event belongs to: what happens to a metastream happens to its stream.
  static String partition(StreamName stream) {
    return stream.isMetastream() ? stream.original().value() : stream.value();
  }
}
