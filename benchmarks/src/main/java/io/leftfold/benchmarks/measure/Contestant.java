// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.measure;

import java.time.Duration;

/// One of those who do the same work in turn.
@FunctionalInterface
public interface Contestant {

  /// Works.
  ///
  /// @param time about how long
  /// @return how much was done per second, or how long it took, as the row says
  /// @throws Exception if it could not be done
  double work(Duration time) throws Exception;
}
