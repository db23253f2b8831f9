// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.RecordedEvent;
import java.util.Optional;

/// Why a script failed, and where.
///
/// @param kind what went wrong
/// @param message the script's own words, or which limit was reached
/// @param place where in the text, if known
/// @param event what it was handling, if anything
/// @param partition whose state it was working on, if known
/// @param stateBefore the state of that partition before the event, JSON or the empty text, if
///   known
public record ProjectionFault(
    Kind kind,
    String message,
    Optional<Place> place,
    Optional<EventPlace> event,
    Optional<String> partition,
    Optional<String> stateBefore) {

  /// What went wrong.
  public enum Kind {
    /// The text is no JavaScript, or says what makes no sense.
    DEFINITION,
    /// A handler threw.
    THROWN,
    /// It took too long.
    TIME,
    /// It ran too many statements.
    STATEMENTS,
    /// It allocated too much.
    MEMORY,
    /// A state or a result is too large.
    STATE_SIZE,
    /// A state, or what was emitted, nests too deep.
    DEPTH,
    /// Too much was emitted.
    OUTPUT,
    /// It emitted where nothing may be emitted.
    EMIT_NOT_ALLOWED,
    /// The engine of JavaScript failed.
    INTERNAL
  }

  /// A place in the text of a script.
  ///
  /// @param line from 1
  /// @param column from 1
  /// @param function the function's name, empty for none
  /// @param text the line
  public record Place(int line, int column, String function, String text) {}

  /// Which event it was.
  ///
  /// @param position in the log
  /// @param stream its stream
  /// @param revision in that stream
  /// @param type its type
  public record EventPlace(long position, String stream, long revision, String type) {
    static EventPlace of(RecordedEvent event) {
      return new EventPlace(
          event.position(), event.stream().value(), event.revision(), event.type());
    }

    @Override
    public String toString() {
      return "%s %d@%s (position %d)".formatted(type, revision, stream, position);
    }
  }

  private static final int STATE_CHARS = 1_000;

  /// This fault as a text of a few lines, for a person.
  ///
  /// @param projection the name of the projection
  /// @return what, where, on which event, and the first 1,000 characters of the state before it
  public String describe(String projection) {
    return describe(projection, true);
  }

  /// @param withState whether the state is part of it; not for somebody who is given it besides
  String describe(String projection, boolean withState) {
    var text = new StringBuilder("Projection ").append(projection);
    place.ifPresent(
        at -> text.append(", line ").append(at.line()).append(", column ").append(at.column()));
    text.append(": ").append(message);
    event.ifPresent(on -> text.append("\nEvent: ").append(on));
    partition
        .filter(key -> !key.isEmpty())
        .ifPresent(key -> text.append("\nPartition: ").append(shown(key)));
    stateBefore
        .filter(_ -> withState && event.isPresent())
        .ifPresent(state -> text.append("\nState before: ").append(shown(state)));
    place
        .filter(at -> !at.function().isEmpty())
        .ifPresent(at -> text.append("\nFunction: ").append(at.function()));
    place.ifPresent(at -> text.append("\n  ").append(at.text().strip()));
    return text.toString();
  }

  private static String shown(String state) {
    if (state.isEmpty()) {
      return "none";
    }
    return state.length() <= STATE_CHARS
        ? state
        : "%s… (%d characters)".formatted(state.substring(0, STATE_CHARS), state.length());
  }
}
