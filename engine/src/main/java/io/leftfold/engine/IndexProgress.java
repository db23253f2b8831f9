// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import java.util.Optional;

/// How far the index of a store is.
///
/// @param state what is answered
/// @param indexed how many events it covers
/// @param events of how many
/// @param failure why the last work could not be done, or why no more will be
public record IndexProgress(State state, long indexed, long events, Optional<String> failure) {

  /// What is answered.
  public enum State {
    /// Reads of everything alone; the rest as soon as the index is whole.
    BEING_MADE,
    /// All.
    WHOLE,
    /// Reads of everything up to the damage in the log that the index cannot be made over.
    NOT_TO_BE_MADE
  }
}
