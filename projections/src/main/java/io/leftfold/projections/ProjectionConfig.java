// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// How a projection goes about its work: numbers and permissions that may be changed. The names are
/// those of KurrentDB.
///
/// A step ends when one of the thresholds is reached and the step before it is written. While that
/// is being written the next one goes on, up to eight times as many events.
///
/// @param emitEnabled whether it may write
/// @param trackEmittedStreams whether it keeps a list of the streams that it wrote to
/// @param checkpointAfterMs how long a step is collected at least
/// @param checkpointHandledThreshold events after which a step ends
/// @param checkpointUnhandledBytesThreshold bytes of events after which a step ends
/// @param pendingEventsThreshold how many events are read ahead
/// @param maxWriteBatchLength emitted events after which a step ends
/// @param maxAllowedWritesInFlight kept and shown; there is one step under way at a time
/// @param executionTimeoutMillis how long an event may take; 0 for the default
/// @param failurePolicy what becomes of an event that makes the script fail
public record ProjectionConfig(
    boolean emitEnabled,
    boolean trackEmittedStreams,
    long checkpointAfterMs,
    int checkpointHandledThreshold,
    long checkpointUnhandledBytesThreshold,
    int pendingEventsThreshold,
    int maxWriteBatchLength,
    int maxAllowedWritesInFlight,
    long executionTimeoutMillis,
    FailurePolicy failurePolicy) {

  /// What holds if nobody says otherwise.
  public static final ProjectionConfig DEFAULT =
      new ProjectionConfig(
          false, false, 0, 4_000, 10_000_000, 5_000, 500, -1, 0, FailurePolicy.STOP);

  /// Checks the numbers.
  ///
  /// @throws IllegalArgumentException if one is out of its bounds
  public ProjectionConfig {
    require(checkpointAfterMs >= 0, "checkpointAfterMs is 0 or more", checkpointAfterMs);
    require(
        checkpointHandledThreshold > 0,
        "checkpointHandledThreshold is above 0",
        checkpointHandledThreshold);
    require(
        checkpointUnhandledBytesThreshold >= checkpointHandledThreshold,
        "checkpointUnhandledBytesThreshold is at least checkpointHandledThreshold",
        checkpointUnhandledBytesThreshold);
    require(
        pendingEventsThreshold > 0, "pendingEventsThreshold is above 0", pendingEventsThreshold);
    require(maxWriteBatchLength > 0, "maxWriteBatchLength is above 0", maxWriteBatchLength);
    require(
        maxAllowedWritesInFlight >= -1,
        "maxAllowedWritesInFlight is -1 (unbounded) or more",
        maxAllowedWritesInFlight);
    require(
        executionTimeoutMillis >= 0,
        "projectionExecutionTimeout is 0 or more",
        executionTimeoutMillis);
  }

  private static void require(boolean holds, String rule, long found) {
    if (!holds) {
      throw new IllegalArgumentException(
          "Of a projection's configuration %s, got %d".formatted(rule, found));
    }
  }

  /// Allowed to write, or not.
  ///
  /// @param allowed whether it may
  /// @return the new configuration
  public ProjectionConfig withEmitEnabled(boolean allowed) {
    var draft = new Draft(this);
    draft.emitEnabled = allowed;
    return draft.config();
  }

  /// Keeping a list of the streams that it wrote to, or not.
  ///
  /// @param track whether it does
  /// @return the new configuration
  public ProjectionConfig withTrackEmittedStreams(boolean track) {
    var draft = new Draft(this);
    draft.trackEmittedStreams = track;
    return draft.config();
  }

  /// With another policy.
  ///
  /// @param policy what becomes of an event that makes the script fail
  /// @return the new configuration
  public ProjectionConfig withFailurePolicy(FailurePolicy policy) {
    var draft = new Draft(this);
    draft.failurePolicy = policy;
    return draft.config();
  }

  /// With steps of another size.
  ///
  /// @param handled events after which a step ends
  /// @param unhandledBytes bytes of events after which a step ends
  /// @param afterMs how long a step is collected at least
  /// @return the new configuration
  public ProjectionConfig withCheckpoints(int handled, long unhandledBytes, long afterMs) {
    var draft = new Draft(this);
    draft.checkpointAfterMs = afterMs;
    draft.checkpointHandledThreshold = handled;
    draft.checkpointUnhandledBytesThreshold = unhandledBytes;
    return draft.config();
  }

  /// All of it, to be changed in some.
  private static final class Draft {
    boolean emitEnabled;
    boolean trackEmittedStreams;
    long checkpointAfterMs;
    int checkpointHandledThreshold;
    long checkpointUnhandledBytesThreshold;
    int pendingEventsThreshold;
    int maxWriteBatchLength;
    int maxAllowedWritesInFlight;
    long executionTimeoutMillis;
    FailurePolicy failurePolicy;

    Draft(ProjectionConfig config) {
      this.emitEnabled = config.emitEnabled;
      this.trackEmittedStreams = config.trackEmittedStreams;
      this.checkpointAfterMs = config.checkpointAfterMs;
      this.checkpointHandledThreshold = config.checkpointHandledThreshold;
      this.checkpointUnhandledBytesThreshold = config.checkpointUnhandledBytesThreshold;
      this.pendingEventsThreshold = config.pendingEventsThreshold;
      this.maxWriteBatchLength = config.maxWriteBatchLength;
      this.maxAllowedWritesInFlight = config.maxAllowedWritesInFlight;
      this.executionTimeoutMillis = config.executionTimeoutMillis;
      this.failurePolicy = config.failurePolicy;
    }

    ProjectionConfig config() {
      return new ProjectionConfig(
          emitEnabled,
          trackEmittedStreams,
          checkpointAfterMs,
          checkpointHandledThreshold,
          checkpointUnhandledBytesThreshold,
          pendingEventsThreshold,
          maxWriteBatchLength,
          maxAllowedWritesInFlight,
          executionTimeoutMillis,
          failurePolicy);
    }
  }
}
