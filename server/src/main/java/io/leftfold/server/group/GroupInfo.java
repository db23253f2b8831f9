// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// How a group is at a moment.
///
/// @param definition which, how made
/// @param status what it does: `Live`, or several of the words that KurrentDB has, with commas
/// @param figures what is where
/// @param progress how far it is
/// @param pace how fast
/// @param checkpoint the last place written; empty if none was
/// @param lastKnown the last place of its source; empty if there is none
/// @param parked how many events are parked, without those that are being replayed
/// @param connections its consumers
public record GroupInfo(
    GroupDefinition definition,
    String status,
    Figures figures,
    Progress progress,
    Pace.Figures pace,
    OptionalLong checkpoint,
    OptionalLong lastKnown,
    long parked,
    List<ConnectionInfo> connections) {

  /// Copies the list.
  public GroupInfo {
    connections = List.copyOf(connections);
  }

  /// What is where.
  ///
  /// @param readBuffer how many events of history were read and not handed out yet
  /// @param liveBuffer how many new ones
  /// @param retryBuffer how many wait to be handed out again
  /// @param inFlight how many consumers have
  /// @param outstanding how many were handed out once and are not done
  public record Figures(
      int readBuffer, int liveBuffer, int retryBuffer, int inFlight, int outstanding) {}

  /// How far a group is.
  ///
  /// @param done the last place up to which everything is done: where a checkpoint would be if it
  ///   were written now; −1 for none
  /// @param undoneSince when the first event was recorded that was read and is not done
  /// @param isAtTheEnd whether there is nothing more for it behind that place, as far as it knows:
  ///   it is live, everything is done, and what comes may be what its filter passes over
  /// @param retries how often an event was taken back to be given again, since the group began
  public record Progress(
      long done, Optional<Instant> undoneSince, boolean isAtTheEnd, long retries) {}

  /// One consumer.
  ///
  /// @param identity who
  /// @param pace how fast it is given events
  /// @param measurements how long it takes for them, if that is measured
  /// @param availableSlots how many more it takes
  /// @param inFlight how many it has
  public record ConnectionInfo(
      GroupConsumer.Identity identity,
      Pace.Figures pace,
      List<Measurement> measurements,
      int availableSlots,
      int inFlight) {

    /// Copies the list.
    public ConnectionInfo {
      measurements = List.copyOf(measurements);
    }
  }

  /// How long a consumer takes.
  ///
  /// @param key which figure
  /// @param millis how long
  public record Measurement(String key, long millis) {}
}
