// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.util.Optional;

/// What a function of an application threw, on its way out of a transaction.
final class FoldFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Optional<String> partition;

  /// @param partition whose fold it was; empty if the event was not understood
  FoldFailure(Optional<String> partition, Throwable cause) {
    super(cause);
    this.partition = partition;
  }

  Optional<String> partition() {
    return partition;
  }

  /// What was thrown first.
  static Throwable causeOf(RuntimeException failure) {
    return failure instanceof FoldFailure inside && inside.getCause() != null
        ? inside.getCause()
        : failure;
  }
}
