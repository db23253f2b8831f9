// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.output;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import java.util.stream.Collectors;

/// Events for people: a line that says what happened where, and beneath it the data.
public final class EventText {

  private static final int CHARACTERS_MAX = 200;

  private final Style style;
  private final boolean full;

  /// A way of showing events.
  ///
  /// @param style with or without colours
  /// @param full whether to show everything: ids, metadata, data to its last character
  public EventText(Style style, boolean full) {
    this.style = style;
    this.full = full;
  }

  /// Shows one event.
  ///
  /// @param resolved the event, perhaps with the link that led to it
  /// @return some lines, each with its line feed
  public String of(ResolvedEvent resolved) {
    var text = new StringBuilder();
    resolved
        .link()
        .ifPresent(link ->
            text.append(style.faint("via %s".formatted(place(link))))
                .append(resolved.event().isEmpty() ? " (what it points to is gone)\n" : "\n"));
    resolved.event().ifPresent(event -> append(text, event));
    return text.toString();
  }

  private void append(StringBuilder text, RecordedEvent event) {
    text.append(
        "%8d  %s  %s  %s%n"
            .formatted(
                event.position(),
                style.name(place(event)),
                style.strong(Printable.of(event.type())),
                style.faint(event.recorded().toString())));
    if (full) {
      line(text, "id        ", event.id().toString());
    }
    if (event.data().length > 0) {
      line(text, full ? "data      " : "", shown(event.data()));
    }
    if (full && event.metadata().length > 0) {
      line(text, "metadata  ", shown(event.metadata()));
    }
    if (!event.tags().isEmpty()) {
      line(
          text,
          full ? "tags      " : "",
          style.faint(
              event.tags().stream()
                  .map(tag -> "#" + Printable.of(tag.value()))
                  .collect(Collectors.joining(" "))));
    }
  }

  private String shown(byte[] bytes) {
    return Printable.of(bytes, full ? Integer.MAX_VALUE : CHARACTERS_MAX);
  }

  private void line(StringBuilder text, String label, String value) {
    text.append("          ").append(style.faint(label)).append(value).append('\n');
  }

  private static String place(RecordedEvent event) {
    return event.revision() == RecordedEvent.TOMBSTONE_REVISION
        ? Printable.of(event.stream().value())
        : event.revision() + "@" + Printable.of(event.stream().value());
  }
}
