// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.measure;

/// What is asked.
public sealed interface Asked {

  /// A share of the limit.
  ///
  /// @param share 0 to 1
  record Share(double share) implements Asked {}

  /// A figure, in the unit of the row.
  ///
  /// @param least the figure
  record Figure(double least) implements Asked {}

  /// A figure that is not to be exceeded, in the unit of the row.
  ///
  /// @param most the figure
  record AtMost(double most) implements Asked {}

  /// Nothing: the row is there to be compared.
  record Nothing() implements Asked {}
}
