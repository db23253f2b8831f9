// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import io.leftfold.benchmarks.measure.Contestant;

/// A contestant that counts its calls.
interface Calling extends Contestant {

  /// How many calls were answered.
  long calls();

  /// What was measured so far does not count.
  void forget();
}
