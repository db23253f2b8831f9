// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.measure;

import java.util.function.Consumer;

/// A question about speed.
public interface Benchmark {

  /// What it is called on the command line.
  String name();

  /// What it asks.
  String question();

  /// The estimate that it tests.
  String sketch();

  /// Measures.
  ///
  /// @param settings where, and how long
  /// @param rows takes each row as soon as it is known
  /// @throws Exception if it cannot be measured here
  void run(Settings settings, Consumer<Row> rows) throws Exception;
}
