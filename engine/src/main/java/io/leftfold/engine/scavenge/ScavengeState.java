// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.scavenge;

/// Where a scavenge is.
///
/// @param outcome how it ended, or that it goes on
/// @param chunks how many sealed chunks there are to look at
/// @param chunksDone how many of them were
/// @param chunksRewritten how many were written again, or would be
/// @param events how many events were forgotten, or would be
/// @param bytesFreed how many bytes were, or would be
/// @param reason why it failed; empty otherwise
public record ScavengeState(
    Outcome outcome,
    int chunks,
    int chunksDone,
    int chunksRewritten,
    long events,
    long bytesFreed,
    String reason) {

  /// How a scavenge ends.
  public enum Outcome {
    /// It is under way.
    RUNNING,
    /// It came to its end.
    SUCCESS,
    /// It was stopped; the next one goes on from there.
    STOPPED,
    /// It met an error; the next one goes on from there.
    ERRORED
  }

  static final ScavengeState BEGUN = new ScavengeState(Outcome.RUNNING, 0, 0, 0, 0, 0, "");

  ScavengeState begunWith(int chunks, int done) {
    return new ScavengeState(outcome, chunks, done, chunksRewritten, events, bytesFreed, reason);
  }

  ScavengeState chunkDone() {
    return new ScavengeState(
        outcome, chunks, chunksDone + 1, chunksRewritten, events, bytesFreed, reason);
  }

  ScavengeState rewritten(long moreEvents, long moreBytes) {
    return new ScavengeState(
        outcome,
        chunks,
        chunksDone,
        chunksRewritten + 1,
        events + moreEvents,
        bytesFreed + moreBytes,
        reason);
  }

  ScavengeState ended(Outcome how, String why) {
    return new ScavengeState(how, chunks, chunksDone, chunksRewritten, events, bytesFreed, why);
  }
}
