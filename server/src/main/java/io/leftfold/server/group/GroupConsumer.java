// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.ResolvedEvent;
import java.util.Optional;

/// A consumer, as the wire to it presents itself. Called on the group's thread: to hand over and
/// return.
public interface GroupConsumer {

  /// It belongs to the group from now on.
  ///
  /// @param connection by which it answers
  void connected(Connection connection);

  /// An event for it.
  ///
  /// @param event the event
  /// @param retryCount how often it was tried before
  void deliver(ResolvedEvent event, int retryCount);

  /// Why it is not to be given anything any more. Asked before each turn in which it may be given
  /// something, and each second.
  ///
  /// @return the reason it is dropped with; empty as long as it may stay
  default Optional<RuntimeException> objection() {
    return Optional.empty();
  }

  /// What was delivered until now can go out.
  void flush();

  /// It does not belong to the group, any more or at all.
  ///
  /// @param reason why
  void dropped(RuntimeException reason);

  /// Who it is, for people who look.
  ///
  /// @return as of its beginning
  Identity identity();

  /// Who a consumer is.
  ///
  /// @param from where it connects from
  /// @param user who it says it is
  /// @param connectionName what it calls its connection
  record Identity(String from, String user, String connectionName) {}

  /// How a consumer answers. Its methods hand over and return; order is kept.
  interface Connection {

    /// Events are handled.
    ///
    /// @param ids of the original events
    /// @param taken runs when the group has taken notice
    void ack(java.util.List<java.util.UUID> ids, Runnable taken);

    /// Events are not handled.
    ///
    /// @param ids of the original events
    /// @param action what is to become of them
    /// @param reason for people
    /// @param taken runs when the group has taken notice
    void nack(java.util.List<java.util.UUID> ids, NackAction action, String reason, Runnable taken);

    /// Whether what was delivered goes out as it should; nothing is delivered while it does not.
    ///
    /// @param reads whether the consumer reads
    void reading(boolean reads);

    /// It wants so many events from now on and no more, until it says so again. Who never says it
    /// wants all there are.
    ///
    /// @param events 0 for none
    void wanting(int events);

    /// The consumer is gone.
    void close();
  }
}
