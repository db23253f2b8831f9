// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.util.Optional;

/// An event as a reader gets it: plain, or a link with what it points to.
///
/// | read | `event` | `link` |
/// |---|---|---|
/// | an ordinary event, or a link that was not to be resolved | the event | empty |
/// | a link, resolved | its target | the link |
/// | a link whose target is gone or hidden | empty | the link |
///
/// @param event what the reader wants to know
/// @param link the link that led to it
public record ResolvedEvent(Optional<RecordedEvent> event, Optional<RecordedEvent> link) {

  /// Checks that there is something.
  public ResolvedEvent {
    if (event.isEmpty() && link.isEmpty()) {
      throw new IllegalArgumentException(
          "A resolved event has an event, a link, or both; got none");
    }
  }

  /// An event that no link led to.
  ///
  /// @param event the event
  /// @return the resolved event
  public static ResolvedEvent plain(RecordedEvent event) {
    return new ResolvedEvent(Optional.of(event), Optional.empty());
  }

  /// Shows this to a sink.
  ///
  /// @param sink is told in the one way or the other
  public void showTo(EventSink sink) {
    if (link.isPresent()) {
      sink.resolved(this);
    } else {
      sink.event(EventView.of(event.orElseThrow()));
    }
  }

  /// The event of the stream that was read: the link if there is one. Checkpoints count these.
  ///
  /// @return the link, otherwise the event
  public RecordedEvent original() {
    return link.or(() -> event).orElseThrow();
  }
}
