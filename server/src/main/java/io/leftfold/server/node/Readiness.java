// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.engine.IndexProgress;
import io.leftfold.engine.WriterState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Whether a node answers everything and takes appends, and if not, why.
///
/// @param reasons why not; empty if it does
/// @param warnings what is amiss beside that, of which everything else goes on
/// @param indexed how many events its index covers
/// @param events of how many
public record Readiness(List<Reason> reasons, List<Reason> warnings, long indexed, long events) {

  /// Copies the lists.
  public Readiness {
    reasons = List.copyOf(reasons);
    warnings = List.copyOf(warnings);
  }

  /// How the groups of consumers are.
  ///
  /// @param failure why none of them runs; empty if that is not so
  /// @param unusable those that are configured and cannot run, each with the reason
  public record OfGroups(Optional<String> failure, List<String> unusable) {
    /// Nothing is amiss.
    public static final OfGroups WELL = new OfGroups(Optional.empty(), List.of());

    /// Copies the list.
    public OfGroups {
      unusable = List.copyOf(unusable);
    }
  }

  /// A reason why a node is not ready.
  ///
  /// @param obstacle what is in the way
  /// @param message more about it, for people
  public record Reason(Obstacle obstacle, String message) {}

  /// What may be in the way.
  public enum Obstacle {
    /// The index is being made: reads of everything are answered.
    INDEXING,
    /// The log is damaged: reads of everything are answered up to there, for good.
    DAMAGED,
    /// A write failed: no appends are taken until the store is opened again.
    WRITE_FAILED,
    /// The disk has no more than its reserve: appends are refused until it has.
    DISK_FULL,
    /// No persistent subscription runs, or one of them cannot.
    PERSISTENT_SUBSCRIPTIONS,
    /// The server is being stopped.
    SHUTTING_DOWN;

    /// The name in answers.
    ///
    /// @return in lower case
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// What a node is ready for.
  ///
  /// @param closing whether it is being stopped
  /// @param writer whether appends are taken
  /// @param progress how far the index is
  /// @param groups how the groups of consumers are
  /// @return the reasons, the one that outlasts the others first
  public static Readiness of(
      boolean closing, WriterState writer, IndexProgress progress, OfGroups groups) {
    var reasons = new ArrayList<Reason>();
    if (closing) {
      reasons.add(new Reason(Obstacle.SHUTTING_DOWN, "The server is being stopped"));
    }
    writer
        .failure()
        .ifPresent(failure ->
            reasons.add(
                new Reason(
                    Obstacle.WRITE_FAILED,
                    "No appends are taken since one failed (%s); start the server again"
                        .formatted(failure))));
    if (writer.isDiskFull()) {
      reasons.add(
          new Reason(
              Obstacle.DISK_FULL,
              "The disk has %d bytes left, and %d are kept in reserve: no appends are taken until there is room"
                  .formatted(writer.diskUsableBytes(), writer.diskReserveBytes())));
    }
    switch (progress.state()) {
      case WHOLE -> {}
      case BEING_MADE ->
          reasons.add(
              new Reason(
                  Obstacle.INDEXING,
                  "The index covers %d of %d events%s"
                      .formatted(
                          progress.indexed(),
                          progress.events(),
                          progress
                              .failure()
                              .map(failure -> "; the last attempt failed: " + failure)
                              .orElse(""))));
      case NOT_TO_BE_MADE ->
          reasons.add(
              new Reason(Obstacle.DAMAGED, progress.failure().orElse("The log is damaged")));
    }
    groups
        .failure()
        .ifPresent(failure ->
            reasons.add(
                new Reason(
                    Obstacle.PERSISTENT_SUBSCRIPTIONS,
                    "No persistent subscription runs; it is tried again: " + failure)));
    var warnings =
        groups.unusable().stream()
            .map(text -> new Reason(Obstacle.PERSISTENT_SUBSCRIPTIONS, text))
            .toList();
    return new Readiness(reasons, warnings, progress.indexed(), progress.events());
  }

  /// Whether it answers everything and takes appends.
  ///
  /// @return whether it does
  public boolean isReady() {
    return reasons.isEmpty();
  }
}
