// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamTombstonedException;

/// Why a run ended.
sealed interface RunEnd {

  /// Somebody stopped it, and its last step is written.
  record Stopped() implements RunEnd {}

  /// Somebody stopped it, and the open step is dropped.
  record Aborted() implements RunEnd {}

  /// It came to its end.
  record Completed() implements RunEnd {}

  /// It cannot go on.
  ///
  /// @param reason for a person
  record Faulted(String reason) implements RunEnd {}

  /// The store did not do what it should; it may do so later.
  ///
  /// @param reason for a person
  record StoreFailed(String reason) implements RunEnd {}

  /// Somebody else runs it.
  record Fenced() implements RunEnd {}

  /// It has to begin again behind its last checkpoint, knowing more.
  ///
  /// @param hints what it learned
  record Again(RunHints hints) implements RunEnd {}

  /// What it means that the store did not do what it was asked for: a fact stays one however often
  /// it is asked, all else may pass.
  ///
  /// @param work what was asked of it: "Reading $all"
  static RunEnd of(RuntimeException failure, String work) {
    var why = "%s failed: %s".formatted(work, failure.getMessage());
    return switch (failure) {
      case NotAuthorizedException denied ->
          new Faulted(
              "%s is not allowed: %s Give the right, or change the script; then enable the projection"
                  .formatted(work, sentence(denied)));
      case StreamTombstonedException _, CorruptLogException _, IllegalArgumentException _ ->
          new Faulted(why);
      default -> new StoreFailed(why);
    };
  }

  /// The same, of states that cannot be read.
  static RunEnd ofStates(RuntimeException failure) {
    return of(failure, "Reading ($r) states of the projection");
  }

  /// The same, of sources.
  static RunEnd ofSources(RuntimeException failure, ProjectionDefinition.Sources sources) {
    return of(
        failure,
        "Reading ($r) "
            + switch (sources) {
              case ProjectionDefinition.Sources.All() -> "$all";
              case ProjectionDefinition.Sources.Category(var name) -> "category " + name;
              case ProjectionDefinition.Sources.Streams(var names) -> String.join(", ", names);
            });
  }

  private static String sentence(RuntimeException failure) {
    var message = String.valueOf(failure.getMessage());
    return message.endsWith(".") ? message : message + ".";
  }
}
