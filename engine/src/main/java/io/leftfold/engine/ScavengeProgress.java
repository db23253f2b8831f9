// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.engine.scavenge.ScavengeState;

/// How far a scavenge is, or how it ended.
///
/// @param outcome how it ended, or that it goes on
/// @param chunks how many log files there are to look at
/// @param chunksDone how many of them were looked at
/// @param chunksRewritten how many were written again; in a dry run, how many would be
/// @param eventsForgotten how many events were forgotten; in a dry run, how many would be
/// @param bytesFreed how many bytes were freed; in a dry run, how many would be
/// @param reason why it failed; empty if it did not
public record ScavengeProgress(
    Outcome outcome,
    int chunks,
    int chunksDone,
    int chunksRewritten,
    long eventsForgotten,
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

  static ScavengeProgress of(ScavengeState state) {
    return new ScavengeProgress(
        switch (state.outcome()) {
          case RUNNING -> Outcome.RUNNING;
          case SUCCESS -> Outcome.SUCCESS;
          case STOPPED -> Outcome.STOPPED;
          case ERRORED -> Outcome.ERRORED;
        },
        state.chunks(),
        state.chunksDone(),
        state.chunksRewritten(),
        state.events(),
        state.bytesFreed(),
        state.reason());
  }
}
