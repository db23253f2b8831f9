// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;
import java.util.List;

/// What becomes of an event for which the application has no word. Of a newer version of a type for
/// which it has one, it is the same whatever is said here: what wants it fails.
public enum UnknownEvents {
  /// Whatever wants it fails with an [UnreadableEventException]: a decision is not to rest on a
  /// state that lacks something.
  REFUSE,
  /// The event is left out of the state, as if it had not happened. It still counts as added to a
  /// boundary. A newer version of a type that is declared is refused all the same: it is no
  /// stranger's, and a state without it would lack what the program of tomorrow has in it.
  PASS_OVER;

  /// What an event means to the application; nothing, if it is unknown and may be.
  ///
  /// @throws UnreadableEventException if it is unknown, and may not be
  <E> List<E> meaning(EventCodec<E> codec, RecordedEvent event) {
    return switch (codec.decode(event)) {
      case Decoded.Known<E>(var known) -> known;
      case Decoded.Unknown<E> unknown -> {
        if (this == REFUSE || unknown.isNewer()) {
          throw unknown.unreadable();
        }
        yield List.of();
      }
    };
  }
}
