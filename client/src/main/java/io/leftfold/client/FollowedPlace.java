// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import io.leftfold.protocol.messages.store.Wire;
import java.util.Optional;
import java.util.OptionalLong;

/// How far a subscription has come, as a revision of a stream or as a position of all.
final class FollowedPlace {

  private final Wire.SubscribeRequest request;
  private OptionalLong last = OptionalLong.empty();
  private boolean passedNothing;

  /// At the start that a request names.
  FollowedPlace(Wire.SubscribeRequest request) {
    this.request = request;
  }

  /// Messages have come.
  void reached(Wire.SubscribeResponse response) {
    for (var message : response.getMessagesList()) {
      switch (message.getMessageCase()) {
        case EVENT -> {
          var resolved = message.getEvent();
          var event = resolved.hasLink() ? resolved.getLink() : resolved.getEvent();
          last = OptionalLong.of(request.hasAll() ? event.getPosition() : event.getRevision());
        }
        case CHECKPOINT -> last = OptionalLong.of(message.getCheckpoint().getPosition());
        case CAUGHT_UP -> reached(message.getCaughtUp());
        case FELL_BEHIND, MESSAGE_NOT_SET -> {}
      }
    }
  }

  private void reached(Wire.SubscriptionMessage.Standing standing) {
    if (standing.hasLast()) {
      last = OptionalLong.of(standing.getLast());
    } else {
      passedNothing = true;
    }
  }

  /// A request that goes on from here; empty where that is not known: whoever begins at the end, or
  /// at a time, must hear where that was.
  Optional<Wire.SubscribeRequest> goingOn() {
    if (last.isPresent()) {
      return Optional.of(request.toBuilder().setAfter(last.getAsLong()).build());
    }
    return switch (request.getStartCase()) {
      case BEGINNING, AFTER -> Optional.of(request);
      case END, TIME, START_NOT_SET ->
          passedNothing
              ? Optional.of(
                  request.toBuilder().setBeginning(Wire.Nothing.getDefaultInstance()).build())
              : Optional.empty();
    };
  }
}
