// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.time.Instant;
import java.util.OptionalLong;

/// What a subscription says.
public sealed interface SubscriptionMessage {

  /// An event, in order, once.
  ///
  /// @param event the event
  record Event(ResolvedEvent event) implements SubscriptionMessage {}

  /// Every event up to here has been given or was filtered out.
  ///
  /// @param position of the last event looked at
  record Checkpoint(long position) implements SubscriptionMessage {}

  /// History is through; what comes now is new.
  ///
  /// @param at the store's time
  /// @param last the last revision (of a stream) or position (of all) passed; empty if there is
  ///   none
  record CaughtUp(Instant at, OptionalLong last) implements SubscriptionMessage {}

  /// The taker was slower than the writers and reads history again; [CaughtUp] will follow.
  ///
  /// @param at the store's time
  /// @param last the last revision (of a stream) or position (of all) passed; empty if there is
  ///   none
  record FellBehind(Instant at, OptionalLong last) implements SubscriptionMessage {}
}
