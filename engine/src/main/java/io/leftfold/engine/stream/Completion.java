// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.AppendResult;
import io.leftfold.api.LeftfoldException;

/// Who waits for an append. Called once, on the writing thread: hand over and return.
public interface Completion {
  /// It is durable, or was before.
  void completed(AppendResult result);

  /// It was refused, or the store cannot say.
  void failed(LeftfoldException reason);
}
