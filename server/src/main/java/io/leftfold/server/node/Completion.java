// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.AppendResult;
import io.leftfold.api.LeftfoldException;

/// Who waits for a write. Told once, on the writer's thread or on the caller's: hand over and
/// return.
public interface Completion {

  /// The write is durable, or was before.
  ///
  /// @param result where the events are
  void completed(AppendResult result);

  /// The write was refused, or nobody can say.
  ///
  /// @param reason why
  void failed(LeftfoldException reason);
}
