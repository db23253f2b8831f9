// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import io.leftfold.api.ResolvedEvent;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Some events of a debug run.
///
/// @param steps what each of them does
/// @param next the first position that was not looked at; empty if there are no more events for now
public record ProjectionSteps(List<Step> steps, OptionalLong next) {

  /// Copies the list.
  public ProjectionSteps {
    steps = List.copyOf(steps);
  }

  /// Where a debug run begins.
  public sealed interface Start {
    /// At the first event, without a state.
    record Zero() implements Start {}

    /// Where the projection is, with the states it has.
    record Checkpoint() implements Start {}

    /// At an event, with the states that come of those before it.
    ///
    /// @param position the event's
    record Position(long position) implements Start {}
  }

  /// What one event does.
  ///
  /// @param event the event, and the link that led to it
  /// @param outcome `HANDLED`, or why it was left out: `NOT_WANTED`, `NO_PARTITION`, `EMPTY`,
  ///   `NOT_JSON`
  /// @param partition the partition, empty where there is one state
  /// @param stateBefore the partition's state before it: JSON, or empty for none
  /// @param stateAfter the partition's state after it
  /// @param sharedBefore the state that all share before it, if there is one
  /// @param sharedAfter the state that all share after it, if there is one
  /// @param emitted what would be written
  /// @param logged what the script logged
  /// @param fault why it failed, if it did; then states are as before
  public record Step(
      ResolvedEvent event,
      String outcome,
      String partition,
      String stateBefore,
      String stateAfter,
      Optional<String> sharedBefore,
      Optional<String> sharedAfter,
      List<Emitted> emitted,
      List<String> logged,
      Optional<Fault> fault) {

    /// Copies the lists.
    public Step {
      emitted = List.copyOf(emitted);
      logged = List.copyOf(logged);
    }
  }

  /// What would be written.
  ///
  /// @param stream where to
  /// @param type what happened
  /// @param isJson whether the data is JSON
  /// @param data the fact
  /// @param metadata a JSON object, or empty
  public record Emitted(String stream, String type, boolean isJson, String data, String metadata) {}

  /// Why a script failed.
  ///
  /// @param kind what kind of failure, `THROWN` for example
  /// @param message the script's own words, or which limit was reached
  /// @param line where in the script, from 1; 0 if that is not known
  /// @param column where in the line, from 1
  /// @param function in which function, empty for none
  /// @param text the line
  public record Fault(
      String kind, String message, int line, int column, String function, String text) {}
}
