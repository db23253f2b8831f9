// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;
import java.util.List;

/// What a stored event means to an application.
///
/// @param <E> the events of the application
public sealed interface Decoded<E> {

  /// The event means this.
  ///
  /// @param events usually one; none for what no longer means anything, several for what is now
  ///   told apart
  /// @param <E> the events of the application
  record Known<E>(List<E> events) implements Decoded<E> {
    /// Copies the list.
    public Known {
      events = List.copyOf(events);
    }
  }

  /// The application has no word for the event: it is somebody else's, or newer than this program.
  ///
  /// @param event as it was stored
  /// @param isNewer whether its type is declared and its version is not, so that the program of
  ///   tomorrow knows it. What is somebody else's may be passed over; passing over this would lose
  ///   it
  /// @param <E> the events of the application
  record Unknown<E>(RecordedEvent event, boolean isNewer) implements Decoded<E> {

    /// What whoever cannot do without the event throws.
    ///
    /// @return the failure, which says what is to be done
    public UnreadableEventException unreadable() {
      return isNewer
          ? new UnreadableEventException(
              event,
              "its type is declared, but not its version; it is for a newer program than this one")
          : new UnreadableEventException(event);
    }
  }

  /// The event means this.
  ///
  /// @param events usually one
  /// @param <E> the events of the application
  /// @return what was decoded
  @SafeVarargs
  @SuppressWarnings("varargs") // The array is only copied.
  static <E> Decoded<E> known(E... events) {
    return new Known<>(List.of(events));
  }

  /// The application has no word for the event, and need not have one.
  ///
  /// @param event as it was stored
  /// @param <E> the events of the application
  /// @return what was decoded
  static <E> Decoded<E> unknown(RecordedEvent event) {
    return new Unknown<>(event, false);
  }

  /// The application has a word for the event, but not for its version.
  ///
  /// @param event as it was stored
  /// @param <E> the events of the application
  /// @return what was decoded
  static <E> Decoded<E> newer(RecordedEvent event) {
    return new Unknown<>(event, true);
  }
}
