// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;
import java.util.List;

/// What becomes of an event for which the application has no word.
public enum UnknownEvents {
  /// Whatever wants it fails with an [UnreadableEventException]: a decision is not to rest on a
  /// state that lacks something.
  REFUSE,
  /// The event is left out of the state, as if it had not happened. It still counts as added to a
  /// boundary.
  PASS_OVER;

  /// What an event means to the application; nothing, if it is unknown and may be.
  <E> List<E> meaning(EventCodec<E> codec, RecordedEvent event) {
    return switch (codec.decode(event)) {
      case Decoded.Known<E>(var known) -> known;
      case Decoded.Unknown<E> _ ->
          switch (this) {
            case REFUSE -> throw new UnreadableEventException(event);
            case PASS_OVER -> List.of();
          };
    };
  }
}
