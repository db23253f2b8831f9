// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// Is told how far a fold of the past has come.
@FunctionalInterface
public interface FoldProgress {

  /// Nobody wants to know.
  FoldProgress UNHEARD = (_, _, _) -> true;

  /// Told now and then.
  ///
  /// @param position the last position looked at
  /// @param end the first position that will not be
  /// @param events how many were handled
  /// @return whether to go on
  boolean at(long position, long end, long events);
}
