// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.api.AppendResult;
import io.leftfold.api.LeftfoldException;

/// Who waits for an append without blocking a thread. Called once, on the writing thread, which
/// writes for everybody: hand over and return.
public interface AppendCompletion {
  /// The events are durable, or were before.
  ///
  /// @param result where they are
  void completed(AppendResult result);

  /// Nothing was written, or, for [io.leftfold.api.UnavailableException], nobody knows.
  ///
  /// @param reason why
  void failed(LeftfoldException reason);
}
