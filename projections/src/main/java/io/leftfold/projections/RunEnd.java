// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

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
}
