// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.time.Duration;

/// How much a script may take. What goes beyond is a fault of its projection.
///
/// @param compilation the processor time in which the text of a script is run once
/// @param event the processor time for one event, with all handlers that it calls
/// @param statements the statements run for one event; [#ANY_STATEMENTS] for no limit, which is
///   quicker, for then nobody counts
/// @param allocatedBytes the memory that is allocated for one event; looked at every few
///   milliseconds, so somewhat more can be allocated
/// @param stateChars the length of the JSON of a partition's state, of the shared state and of a
///   result
/// @param stateDepth how deep objects and arrays nest in a state or in what is emitted
/// @param emittedEvents what may be emitted for one event
/// @param emittedChars the length of all data and metadata emitted for one event
/// @param logLines what may be logged for one event; more is left out and no fault
/// @param partitionsKept how many partitions a fold keeps after it was saved
/// @param stateCharsKept the length of the JSON of all states that a fold keeps after it was saved;
///   in the script's hands they take several times as much memory
/// @param worldBytes the memory that may be allocated for a run until its script is opened anew
///   from the saved states, behind a step: what a script keeps outside of its states (`const seen =
///   {}` at the top) is gone then, so that it cannot come to more than this and one step
public record ProjectionLimits(
    Duration compilation,
    Duration event,
    long statements,
    long allocatedBytes,
    int stateChars,
    int stateDepth,
    int emittedEvents,
    int emittedChars,
    int logLines,
    int partitionsKept,
    long stateCharsKept,
    long worldBytes) {

  /// So many statements as there is time for.
  public static final long ANY_STATEMENTS = Long.MAX_VALUE;

  /// What KurrentDB allows where it has such a limit, and ample room elsewhere.
  public static final ProjectionLimits DEFAULT =
      new ProjectionLimits(
          Duration.ofMillis(500),
          Duration.ofMillis(250),
          ANY_STATEMENTS,
          512L << 20,
          16 << 20,
          64,
          10_000,
          16 << 20,
          1_000,
          100_000,
          16L << 20,
          Math.clamp(Runtime.getRuntime().maxMemory() / 4, 256L << 20, 2L << 30));

  /// Checks that all are above 0.
  ///
  /// @throws IllegalArgumentException if one is not
  public ProjectionLimits {
    above0("compilation", compilation.toMillis());
    above0("event", event.toMillis());
    above0("statements", statements);
    above0("allocatedBytes", allocatedBytes);
    above0("stateChars", stateChars);
    above0("stateDepth", stateDepth);
    above0("emittedEvents", emittedEvents);
    above0("emittedChars", emittedChars);
    above0("logLines", logLines);
    above0("partitionsKept", partitionsKept);
    above0("stateCharsKept", stateCharsKept);
    above0("worldBytes", worldBytes);
  }

  boolean areStatementsLimited() {
    return statements != ANY_STATEMENTS;
  }

  private static void above0(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(
          "The limit %s of a projection is above 0, got %d".formatted(name, value));
    }
  }

  /// These limits with other times.
  ///
  /// @param compilation for running the text once
  /// @param event for one event
  /// @return the new limits
  public ProjectionLimits withTimes(Duration compilation, Duration event) {
    var draft = new Draft(this);
    draft.compilation = compilation;
    draft.event = event;
    return draft.limits();
  }

  /// These limits with another one of statements.
  ///
  /// @param statements for one event
  /// @return the new limits
  public ProjectionLimits withStatements(long statements) {
    var draft = new Draft(this);
    draft.statements = statements;
    return draft.limits();
  }

  /// These limits with another one of memory for one event.
  ///
  /// @param allocatedBytes for one event
  /// @return the new limits
  public ProjectionLimits withAllocatedBytes(long allocatedBytes) {
    var draft = new Draft(this);
    draft.allocatedBytes = allocatedBytes;
    return draft.limits();
  }

  /// These limits with another length of states.
  ///
  /// @param stateChars of the JSON of one
  /// @return the new limits
  public ProjectionLimits withStateChars(int stateChars) {
    var draft = new Draft(this);
    draft.stateChars = stateChars;
    return draft.limits();
  }

  /// These limits with others of what is emitted for one event.
  ///
  /// @param events how many
  /// @param chars how long altogether
  /// @return the new limits
  public ProjectionLimits withEmitted(int events, int chars) {
    var draft = new Draft(this);
    draft.emittedEvents = events;
    draft.emittedChars = chars;
    return draft.limits();
  }

  /// These limits with another number of partitions kept.
  ///
  /// @param partitionsKept how many stay after a save
  /// @return the new limits
  public ProjectionLimits withPartitionsKept(int partitionsKept) {
    var draft = new Draft(this);
    draft.partitionsKept = partitionsKept;
    return draft.limits();
  }

  /// These limits with another length of states kept.
  ///
  /// @param stateCharsKept of the JSON of all that stay after a save
  /// @return the new limits
  public ProjectionLimits withStateCharsKept(long stateCharsKept) {
    var draft = new Draft(this);
    draft.stateCharsKept = stateCharsKept;
    return draft.limits();
  }

  /// These limits with another one of what a script keeps outside of its states.
  ///
  /// @param worldBytes that may be allocated until it is opened anew
  /// @return the new limits
  public ProjectionLimits withWorldBytes(long worldBytes) {
    var draft = new Draft(this);
    draft.worldBytes = worldBytes;
    return draft.limits();
  }

  /// All of it, to be changed in some.
  private static final class Draft {
    Duration compilation;
    Duration event;
    long statements;
    long allocatedBytes;
    int stateChars;
    int stateDepth;
    int emittedEvents;
    int emittedChars;
    int logLines;
    int partitionsKept;
    long stateCharsKept;
    long worldBytes;

    Draft(ProjectionLimits limits) {
      this.compilation = limits.compilation;
      this.event = limits.event;
      this.statements = limits.statements;
      this.allocatedBytes = limits.allocatedBytes;
      this.stateChars = limits.stateChars;
      this.stateDepth = limits.stateDepth;
      this.emittedEvents = limits.emittedEvents;
      this.emittedChars = limits.emittedChars;
      this.logLines = limits.logLines;
      this.partitionsKept = limits.partitionsKept;
      this.stateCharsKept = limits.stateCharsKept;
      this.worldBytes = limits.worldBytes;
    }

    ProjectionLimits limits() {
      return new ProjectionLimits(
          compilation,
          event,
          statements,
          allocatedBytes,
          stateChars,
          stateDepth,
          emittedEvents,
          emittedChars,
          logLines,
          partitionsKept,
          stateCharsKept,
          worldBytes);
    }
  }
}
