// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.projections.FoldProgress;

/// A fold of the past whose progress is shown, and that ends when the command is to end.
final class FoldShown {

  private FoldShown() {}

  static FoldProgress of(Shell shell, ProgressLine line) {
    return (position, end, events) -> {
      line.show(() ->
          "At position %,d of %,d, %,d events handled"
              .formatted(Math.max(0, position), Math.max(0, end), events));
      return !shell.stop().isRequested();
    };
  }
}
