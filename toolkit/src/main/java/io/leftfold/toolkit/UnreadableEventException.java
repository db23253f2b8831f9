// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;

/// An event that something rests on cannot be understood. Nothing was decided or written.
public final class UnreadableEventException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient RecordedEvent event;

  /// Of an event for which there is no word.
  ///
  /// @param event the event
  public UnreadableEventException(RecordedEvent event) {
    super(
        "Event %s is of a type or version that is not declared; declare it, or say that what is unknown may be passed over"
            .formatted(event));
    this.event = event;
  }

  /// Of an event whose data is not what it should be.
  ///
  /// @param event the event
  /// @param finding what it is
  public UnreadableEventException(RecordedEvent event, String finding) {
    super("Event %s cannot be read: %s".formatted(event, finding));
    this.event = event;
  }

  /// Of an event whose data is broken.
  ///
  /// @param event the event
  /// @param finding what is wrong with it
  /// @param cause how that showed
  public UnreadableEventException(RecordedEvent event, String finding, Throwable cause) {
    super("Event %s cannot be read: %s".formatted(event, finding), cause);
    this.event = event;
  }

  /// The event.
  ///
  /// @return as it was stored
  public RecordedEvent event() {
    return event;
  }
}
