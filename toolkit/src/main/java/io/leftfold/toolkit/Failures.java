// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import org.jspecify.annotations.Nullable;

/// What failed of several things that are all to be tried.
final class Failures {

  private @Nullable RuntimeException first;

  @SuppressWarnings("ReferenceEquality") // None can be suppressed by itself.
  void attempt(Runnable one) {
    try {
      one.run();
    } catch (RuntimeException failure) {
      if (first == null) {
        first = failure;
      } else if (first != failure) {
        first.addSuppressed(failure);
      }
    }
  }

  /// Throws what failed first, with the others suppressed.
  void throwFirst() {
    if (first != null) {
      throw first;
    }
  }
}
